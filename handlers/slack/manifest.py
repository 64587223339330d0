"""The app as Slack is told of it, printed from the command table.

No `agent_view`: it adds the scope `assistant:write` and a surface of its own, and the status line that feedback needs
works without it (`reference/slack.md` 1, "Agent features").
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.commands import COMMANDS, Argument, CommandSpec, Kind
from bot.errors import Refusal
from bot.settings import Settings
from handlers.slack.names import CommandNames

EVENTS_PATH = "/slack/events"
GET_FEEDBACK = "get_feedback"
COUNT_AS_ANSWER = "count_as_answer"
"""callback_ids of the message shortcuts."""

SHORTCUTS: Mapping[str, tuple[str, str]] = {
    GET_FEEDBACK: ("Get feedback", "Feedback on this answer of yours"),
    COUNT_AS_ANSWER: ("Count as my answer", "Count this message of yours as your answer"),
}
"""callback_id -> name in the message menu, and what it does."""

BOT_EVENTS: Mapping[str, str | None] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "tokens_revoked": None,
}
"""Event -> the scope that it needs; of private channels, those of people also need `groups:read`."""

METHOD_SCOPES: Mapping[str, str] = {
    "channels:history": "conversations.history and .replies: looks for a post before sending it again",
    "channels:read": "conversations.info: the channel's name, and who made it",
    "chat:write": "chat.*, assistant.threads.setStatus",
    "commands": "slash commands and message shortcuts",
    "files:write": "files.*: what does not fit on a card, and the export",
    "groups:history": "the same as channels:history, in private channels",
    "groups:read": "the same as channels:read, in private channels",
    "im:history": "looks for a direct message before sending it again",
    "im:write": "conversations.open: reminders, and notices to facilitators",
    "users:read": "users.info: name, time zone, and who administers the workspace",
}
"""Scope -> what is called with it."""

NAME = "TPM study group"
DESCRIPTION = "A daily interview question for technical product managers in AI, with feedback in its thread."
LONG_DESCRIPTION = (
    "Once a day the bot posts a question in your study group's channel and opens a thread. Members answer in the "
    "thread or in a form, and get feedback within about a minute: what held, the one thing to fix next, and a question "
    "to think about.\n\n"
    "Slack sends the bot every message of the channels that it was added to. It reads and keeps only messages in the "
    "threads of its own questions; all others are dropped at once and never stored. /tpm-me shows, exports and erases "
    "what it keeps about you."
)


def manifest(
    commands: Sequence[CommandSpec], *, socket: bool, url: str | None = None, names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP at `url` (without a path, Slack's usual one is added).

    `names` renames roots, table name -> name in this workspace, where another app has taken one. Raises ValueError when
    the address cannot be reached by Slack, or a name is too long or used twice.
    """
    address = None if socket else _address(url or "")
    request_url = {} if address is None else {"request_url": address}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {"name": NAME, "description": DESCRIPTION, "long_description": LONG_DESCRIPTION},
        "features": {
            # Nothing reads what a member writes to the bot in private, so they are not invited to.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "tpm-study", "always_online": True},
            "shortcuts": [
                {"name": name, "type": "message", "callback_id": key, "description": does}
                for key, (name, does) in SHORTCUTS.items()
            ],
            "slash_commands": _commands(commands, names or {}, address),
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": sorted(BOT_EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def names_set(settings: Settings) -> CommandNames:
    """What the commands are called here. Raises Refusal when TPM_SLACK_COMMANDS wants what cannot be."""
    try:
        return CommandNames.of((spec.name for spec in COMMANDS), settings.slack_command_names)
    except ValueError as error:
        raise Refusal(f"Some settings are wrong:\n  TPM_SLACK_COMMANDS: {error}") from None


def printed(manifest: Mapping[str, Any], *, as_yaml: bool) -> str:
    """The manifest as Slack's form takes it."""
    if not as_yaml:
        return json.dumps(manifest, indent=2)
    import yaml

    return yaml.safe_dump(dict(manifest), sort_keys=False, width=110, allow_unicode=True).rstrip()


def scopes() -> list[str]:
    """Everything that the bot may do, and nothing that it does not use."""
    return sorted(METHOD_SCOPES.keys() | {scope for scope in BOT_EVENTS.values() if scope is not None})


def _commands(commands: Sequence[CommandSpec], renamed: Mapping[str, str], address: str | None) -> list[dict[str, Any]]:
    names = CommandNames.of((spec.name for spec in commands), renamed)
    return [_command(spec, names.here(spec.name), address) for spec in commands]


def _command(spec: CommandSpec, name: str, address: str | None) -> dict[str, Any]:
    hint = " | ".join(verb.name for verb in spec.verbs) or " ".join(map(_hint, spec.arguments))
    return {
        "command": f"/{name}",
        "description": spec.summary[:1].upper() + spec.summary[1:],
        # Names are compared as people write them, so Slack must not turn @ann into an id.
        "should_escape": False,
        **({"usage_hint": hint} if hint else {}),
        **({"url": address} if address else {}),
    }


def _hint(argument: Argument) -> str:
    return f"[{'|'.join(argument.choices) if argument.kind is Kind.CHOICE else argument.name}]"


def _address(url: str) -> str:
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise ValueError("Slack needs an https address, such as https://bot.example.org")
    return url if parts.path.strip("/") else f"{url.rstrip('/')}{EVENTS_PATH}"
