"""What a person wrote, out of Slack's markup (slack.md 1, "Safety of text")."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.domain.group import MemberId

NameOf = Callable[[str], str | None]
"""User id -> the name, where it is known."""

_MARK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_PERSON_OR_PLACE = re.compile(r"<[@#][A-Z0-9]+(?:\|[^<>]*)?>")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


def plain(text: str, name_of: NameOf) -> str:
    """The text as its author saw it: `@ann` for a mention, `#study` for a channel, a link's label and address."""

    def shown(mark: re.Match[str]) -> str:
        kind, what, label = mark[1], mark[2], mark[3] or ""
        match kind:
            case "@":
                return f"@{label or name_of(what) or what}"
            case "#":
                return f"#{label or what}"
            case "!":
                return label or f"@{what.partition('^')[0]}"
        address = what.removeprefix("mailto:")
        return address if label in ("", address, address.partition("://")[2]) else f"{label} ({address})"

    return _unescaped(_MARK.sub(shown, text))


def typed(text: str, name_of: NameOf) -> str:
    """What was typed after a command: only people and channels may be marked there, and `<` may be a `<`."""
    return _unescaped(_PERSON_OR_PLACE.sub(lambda mark: plain(mark[0], name_of), text))


def mentions(text: str) -> frozenset[MemberId]:
    """The people who are mentioned."""
    return frozenset(MemberId(user_id) for user_id in _MENTION.findall(text))


def without_mention(text: str, user_id: str) -> str:
    """The text without the mentions of one person, as when somebody speaks to the bot."""
    return re.sub(rf"<@{re.escape(user_id)}(?:\|[^<>]*)?>[:,]?", "", text).strip()


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
