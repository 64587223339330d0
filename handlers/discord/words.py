"""What a person wrote, out of Discord's marks for people, emoji and times (docs: reference, "Message Formatting")."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

NameOf = Callable[[str], str | None]
"""User id -> the name, where it is known."""

_MARK = re.compile(
    r"<(?:@!?(?P<user>\d+)|@&(?P<role>\d+)|\#(?P<channel>\d+)|a?:(?P<emoji>\w+):\d+|/(?P<command>[^:<>]+):\d+"
    r"|t:(?P<at>-?\d+)(?::\w)?)>"
)


def plain(text: str, name_of: NameOf) -> str:
    """The text as its author saw it: `@ann` for a mention, `:wave:` for an emoji, `/command`, a time in UTC."""

    def shown(mark: re.Match[str]) -> str:
        match mark.lastgroup, mark[mark.lastgroup or 0]:
            case "user", user:
                return f"@{name_of(user) or user}"
            case "role", role:
                return f"@{role}"
            case "channel", channel:
                return f"#{channel}"
            case "emoji", emoji:
                return f":{emoji}:"
            case "command", command:
                return f"/{command}"
            case _, at:
                return _time(int(at)) or mark[0]

    return _MARK.sub(shown, text)


def without_mention(text: str, user_id: str) -> str:
    """The text without the mentions of one person, as when somebody speaks to the bot."""
    return re.sub(rf"<@!?{re.escape(user_id)}>[:,]?", "", text).strip()


def _time(at_s: int) -> str:
    try:
        return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, OSError, ValueError):
        return ""
