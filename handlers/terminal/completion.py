"""What may be typed next: commands with their verbs and choices, people, buttons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.commands.spec import CommandSpec
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

Choice = tuple[str, str]
"""What to put there, and what it means."""


def suggestions(
    text: str, *, room: Room, commands: Sequence[CommandSpec], speaker: Person
) -> Iterable[tuple[str, int, str]]:
    """Completions of `text`, the line up to the cursor: what to put, where it starts (0 or less), what it means.

    Nothing is offered inside plain text, so that nobody who writes an answer is interrupted.
    """
    spoken = _SPEAKER.match(text)
    rest = text[spoken.end() :] if spoken else text
    if "\n" in rest:
        return []
    word = rest if rest.startswith("[") else rest.rpartition(" ")[2]
    offered = _offered(rest, room, commands, speaker, spoken=spoken is not None)
    return [(what, -len(word), meaning) for what, meaning in offered if what.casefold().startswith(word.casefold())]


def _offered(
    rest: str, room: Room, commands: Sequence[CommandSpec], speaker: Person, *, spoken: bool
) -> Iterable[Choice]:
    if rest.startswith("@") and " " not in rest and not spoken:
        return [(f"@{person.name} ", "speak as them") for person in room.people.values()]
    if rest.startswith("["):
        return [(f"[{label}]", "press it") for label in labels_seen(room, speaker)]
    if not rest.startswith("/"):
        return []
    name, *words = rest[1:].split(" ")
    if not words:
        return [*((f"/{each.name}", each.summary) for each in commands), *LOCAL]
    return [choice for spec in commands if spec.name == name for choice in _choices(spec, words[:-1])]


def _choices(spec: CommandSpec, words: Sequence[str]) -> list[Choice]:
    """What may follow `words`: a verb, a choice, or the name of an argument."""
    if spec.verbs:
        if not words:
            return [(verb.name, verb.summary) for verb in spec.verbs]
        return [choice for verb in spec.verbs if verb.name == words[0] for choice in _choices(verb, words[1:])]
    if not words and spec.arguments and spec.arguments[0].choices:
        return [(choice, spec.arguments[0].help) for choice in spec.arguments[0].choices]
    if len(spec.arguments) > 1:
        return [(f"{each.name}=", each.help) for each in spec.arguments if each.choices == ()]
    return []
