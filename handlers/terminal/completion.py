"""What may be typed next: commands and their verbs, people, buttons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from handlers.terminal.messages import Person
from handlers.terminal.room import Room
from handlers.terminal.session import labels_seen

LOCAL = (
    ("/edit", "give your newest message a new text"),
    ("/delete", "remove your newest message"),
    ("/keys", "what can be typed here"),
    ("/quit", "leave; everything is kept"),
)
_SPEAKER = re.compile(r"@[^\s@]+(?:@-\d+)?[ ]+")


class CommandHint(Protocol):
    """A row of the command table."""

    @property
    def name(self) -> str: ...

    @property
    def summary(self) -> str: ...

    @property
    def usage(self) -> str: ...


def suggestions(
    text: str, *, room: Room, commands: Sequence[CommandHint], speaker: Person
) -> Iterable[tuple[str, int, str]]:
    """Completions of `text`, the line up to the cursor: what to put, where it starts (0 or less), what it does.

    Nothing is offered inside plain text, so that nobody who writes an answer is interrupted.
    """
    spoken = _SPEAKER.match(text)
    rest = text[spoken.end() :] if spoken else text
    if "\n" in rest or not rest:
        return []
    if rest.startswith("@") and not spoken:
        found = [(f"@{person.name} ", "speak as them") for person in room.people.values()]
    elif rest.startswith("["):
        found = [(f"[{label}]", "press it") for label in labels_seen(room, speaker)]
    elif rest.startswith("/") and " " not in rest:
        found = [(f"/{each.name}", each.summary) for each in commands] + list(LOCAL)
    elif rest.startswith("/"):
        name, _, rest = rest[1:].partition(" ")
        found = [(verb, "") for each in commands if each.name == name for verb in verbs(each.usage)]
    else:
        return []
    return [(what, -len(rest), meaning) for what, meaning in found if what.casefold().startswith(rest.casefold())]


def verbs(usage: str) -> list[str]:
    """The words that a usage line offers to choose from: those joined by `|`."""
    choices = re.findall(r"[a-z][a-z-]*(?:\s*\|\s*[a-z][a-z-]*)+", usage)
    return [word.strip() for choice in choices for word in choice.split("|")]
