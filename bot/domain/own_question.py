"""A question that a group wrote itself: typed into a form of a few texts, and held to the rules that can be checked.

A note is one line, `s4: says what is given up -> by how much, with a number`: the section's key, the move, and what
makes it specific; only the move must be there. What nobody noted is judged by the framework's own points.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from bot.domain.judge import FRAMEWORK_SPECIFIC
from bot.domain.parse import LEVEL_NAMES
from bot.domain.question import HEART, KIND_NAMES, KINDS, LEVELS, MOST_HEARTS, Fault, LookFor, Question, faults

MOST_ID_CHARS = 50
MOST_SLUG_CHARS = 30
MOST_NOTES = 12
MOST_LINE_CHARS = 400
"""Of a given, or of either half of a note: a card shows several."""
MINUTES_OF = {1: 10, 2: 20, 3: 25}
"""Level -> minutes: the middle of what the reference gives for it (content.md 4)."""
DEFAULT_KIND = "design"
DEFAULT_LEVEL = 2
WANTED = 2
"""The weight of a section with notes that is not the heart."""
PREFIX = "own-"

_NOTE = re.compile(r"(?:\[?([^\s:\]]{1,20})\]?\s*:\s*)?(.+)", re.DOTALL)
_ARROW = re.compile(r"\s*(?:->|→|=>)\s*")
_WORD = re.compile(r"[a-z0-9]+")
_BULLET = re.compile(r"^[\s\-*•–]+")  # noqa: RUF001  people paste lists with these


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form holds: each text as it was typed; `about` is topic, level and kind in any order."""

    title: str
    prompt: str
    givens: str = ""
    notes: str = ""
    about: str = ""


def question_of(
    typed: Typed,
    question_id: str,
    section_keys: Sequence[str],
    topics: Collection[str],
    before: Question | None = None,
    known_facts: Collection[str] = (),
) -> tuple[Question, list[Fault]]:
    """The question as far as it can be read, and what is wrong with it; a fault's field is one of `Typed`.

    `before` is what the question was: what a form does not show stays, and so does a note whose words did not change.
    """
    topic, level, kind, about_faults = _about(typed.about, topics)
    look_for, note_faults = notes_of(typed.notes, section_keys, before)
    made = Question(
        id=question_id,
        title=" ".join(typed.title.split()),
        kind=kind or (before.kind if before else DEFAULT_KIND),
        topic=topic,
        level=level or DEFAULT_LEVEL,
        minutes=before.minutes if before and before.level == level else MINUTES_OF[level or DEFAULT_LEVEL],
        prompt=" ".join(typed.prompt.split()),
        givens=_lines(typed.givens),
        emphasis=before.emphasis if before and before.look_for == look_for else emphasis_of(look_for, section_keys),
        look_for=look_for,
    )
    if before is not None:
        made = _with_rest(made, before)
    rules = [_as_typed(fault) for fault in own_faults(made, known_facts, topics)]
    found = [*about_faults, *note_faults, *rules]
    return made, list(dict.fromkeys(found))


def typed_of(question: Question) -> Typed:
    """What a form shows of a question; `question_of` reads it back."""
    notes = [
        f"{key}: {point.point} -> {point.specific}" for key, points in question.look_for.items() for point in points
    ]
    about = f"{question.topic}, {question.level}, {KIND_NAMES.get(question.kind, question.kind)}"
    return Typed(question.title, question.prompt, "\n".join(question.givens), "\n".join(notes), about)


def own_faults(
    question: Question, known_facts: Collection[str], topics: Collection[str], today: date | None = None
) -> list[Fault]:
    """The rules of the bank that a group's question breaks.

    One with an outline is held to all of them; a shorter one to those of what it has. `today` None: no date is checked.
    """
    found = [
        fault
        for fault in faults(question, known_facts, topics, today or date.min)
        if today is not None or fault.field != "refresh_by"
    ]
    if not question.outline:
        found = [fault for fault in found if _is_kept(fault, question)]
    return [*found, *_limits(question)]


def own_id(title: str, key: str) -> str:
    """An id for a new question; the same `key` (an event) gives the same one. Titles of all scripts do."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(_WORD.findall(plain))[:MOST_SLUG_CHARS].strip("-")
    mark = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return "-".join(part for part in (PREFIX.rstrip("-"), slug, mark) if part)


def _about(text: str, topics: Collection[str]) -> tuple[str, int | None, str, list[Fault]]:
    topic, level, kind = "", None, ""
    unknown = []
    text = text.strip().lower()
    for key, name in KIND_NAMES.items():
        text = text.replace(name.lower(), key)  # one of them has two words
    for word in re.split(r"[\s,;]+", text):
        if not topic and word in topics:
            topic = word
        elif level is None and (word in LEVEL_NAMES or word in map(str, LEVELS)):
            level = LEVEL_NAMES.get(word) or int(word)
        elif not kind and word in KINDS:
            kind = word
        elif word:
            unknown.append(word)
    found = []
    if unknown:
        near = get_close_matches(unknown[0], [*topics, *KIND_NAMES.values(), *LEVEL_NAMES], n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        found.append(Fault("about", f"does not know “{unknown[0][:40]}”{hint}"))
    elif not topic:
        found.append(Fault("about", f"needs a topic: {', '.join(sorted(topics))}"))
    return topic or next(iter(topics)), level, kind, found


def notes_of(
    text: str, section_keys: Sequence[str], before: Question | None = None
) -> tuple[dict[str, tuple[LookFor, ...]], list[Fault]]:
    """The points of notes, one a line, by section; and what is wrong. Notes of `before` with the same words stay."""
    known = {(key, each.point, each.specific): each for key, of in _points(before) for each in of}
    names = {key: key for key in section_keys} | {key.lstrip("s"): key for key in section_keys}
    found: dict[str, list[LookFor]] = {}
    wrong = []
    lines = _lines(text)
    for number, line in enumerate(lines, start=1):
        match = _NOTE.fullmatch(line)
        key = names.get((match[1] or "").lower()) if match else None
        if match is None or key is None:
            rule = f"line {number} must begin with a section and a colon: {', '.join(section_keys)}"
            wrong.append(Fault("notes", rule))
            continue
        point, *rest = _ARROW.split(match[2], maxsplit=1)
        specific = rest[0].strip() if rest and rest[0].strip() else FRAMEWORK_SPECIFIC
        fresh = LookFor(id=f"{key}-{number}", point=point.strip(), specific=specific)
        found.setdefault(key, []).append(known.get((key, fresh.point, specific), fresh))
    if len(lines) > MOST_NOTES:
        wrong.append(Fault("notes", f"must have at most {MOST_NOTES} lines, has {len(lines)}"))
    return {key: _unlike(found[key]) for key in section_keys if key in found}, wrong


def _points(question: Question | None) -> Iterable[tuple[str, tuple[LookFor, ...]]]:
    return question.look_for.items() if question else ()


def _unlike(points: Sequence[LookFor]) -> tuple[LookFor, ...]:
    """With ids that differ: a kept note may have the number of a new one."""
    taken: list[LookFor] = []
    for point in points:
        ids = {each.id for each in taken}
        number = 1
        name = point.id
        while name in ids:
            number += 1
            name = f"{point.id}-{number}"
        taken.append(replace(point, id=name))
    return tuple(taken)


def emphasis_of(look_for: Mapping[str, Sequence[LookFor]], section_keys: Sequence[str]) -> dict[str, int]:
    """The sections with most notes are the heart; none without notes is asked. Empty without any note."""
    if not look_for:
        return {}
    counts = Counter({key: len(points) for key, points in look_for.items()})
    most = max(counts.values())
    hearts = [key for key, count in counts.items() if count == most][:MOST_HEARTS]
    return {key: HEART if key in hearts else WANTED if key in counts else 0 for key in section_keys}


def _with_rest(made: Question, before: Question) -> Question:
    points = {point.id for of in made.look_for.values() for point in of}
    return replace(
        made,
        also=tuple(topic for topic in before.also if topic != made.topic),
        pitfalls=before.pitfalls,
        probes=tuple(probe for probe in before.probes if probe.point_id in points),
        outline=before.outline,
        runner_up=before.runner_up,
        facts=before.facts,
        variants=before.variants,
        refresh_by=before.refresh_by,
        status=before.status,
    )


def _is_kept(fault: Fault, question: Question) -> bool:
    """Whether a rule is one for what a short question has, not for what it lacks."""
    whole, _, part = fault.field.partition(".")
    if whole in ("emphasis", "look_for", "pitfalls", "probes", "variants", "facts"):
        is_missing = whole == "look_for" and part.count(".") == 0 and not question.look_for.get(part)
        return bool(part) and not is_missing
    if whole == "givens":
        return bool(question.givens)
    return whole not in ("outline", "runner_up")


def _limits(question: Question) -> Iterable[Fault]:
    """Limits of our own: an id travels in buttons, and a card shows several lines."""
    if len(question.id) > MOST_ID_CHARS:
        yield Fault("id", f"must have at most {MOST_ID_CHARS} characters, has {len(question.id)}")
    for number, given in enumerate(question.givens):
        if not 0 < len(given.strip()) <= MOST_LINE_CHARS:
            yield Fault(f"givens.{number}", f"must have 1 to {MOST_LINE_CHARS} characters, has {len(given)}")
    for key, points in question.look_for.items():
        for number, point in enumerate(points):
            if max(len(point.point), len(point.specific)) > MOST_LINE_CHARS:
                yield Fault(f"look_for.{key}.{number}", f"must have at most {MOST_LINE_CHARS} characters in each half")


def _as_typed(fault: Fault) -> Fault:
    whole = fault.field.partition(".")[0]
    names = {"look_for": "notes", "emphasis": "notes", "topic": "about", "level": "about", "kind": "about"}
    return Fault(names.get(whole, whole), fault.rule)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for each in text.splitlines() if (line := " ".join(_BULLET.sub("", each).split())))
