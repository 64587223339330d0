"""The test server's brain: a plain reader that marks by shared words. It knows only what stands in the request.

It reads the same text that a model would read (the look-fors of the system prompt, the numbered sentences between the
two fences), and gives a reading that a person can predict. It is no judge of quality and is never shipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SHARED_WORDS = 2
"""A sentence speaks to a text when it shares this many of its words."""
_STEM_CHARS = 5
_STOP_WORDS = """
about after and are but can does each for from has have how into its more most not one other out
over own says such than that the their them then there these they this what when where which who why
will with without would you your
"""
_STEERING = re.compile(
    r"ignore (all|any|the|your|previous)|full marks|system prompt|you are now|as the judge|grade this", re.IGNORECASE
)
_PRODUCT = re.compile(r"(\d[\d,]*) ?[x*×] ?(\d[\d,]*) ?= ?(\d[\d,]*)")
_VAGUE = re.compile(
    r"best practices|leverage|state of the art|cutting.edge|seamless|robust solution|world.class", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Point:
    section: str
    id: str
    named: frozenset[str]
    specific: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True)
class _Task:
    """What the request asks about."""

    question: frozenset[str]
    sections: tuple[str, ...]
    points: tuple[_Point, ...]
    probes: tuple[tuple[str, str], ...]
    criteria: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]


def honest_reply(body: dict[str, Any]) -> str:
    """The reading as JSON; `pong` for a request that is no review."""
    turn = body["messages"][0]["content"]
    if not isinstance(turn, str) or "# The answer" not in turn:
        return "pong"
    return json.dumps(_read(_task("\n".join(block["text"] for block in body["system"]), turn)), ensure_ascii=False)


def _task(system: str, turn: str) -> _Task:
    question = system[system.rindex("# The question") :]
    fence = re.search(r"^ANSWER-\w+$", turn, re.MULTILINE)
    answer = turn.split(f"\n{fence[0]}\n")[1] if fence else ""
    return _Task(
        question=_words(question),
        sections=tuple(re.findall(r"^## Section (\S+):", question, re.MULTILINE)),
        points=tuple(_points(question)),
        probes=tuple(re.findall(r"^- `(\S+)`: (.+)$", _part(question, "## Probes"), re.MULTILINE)),
        criteria=tuple(re.findall(r"^- `(\S+)`:", _part(question, "## Criteria"), re.MULTILINE)),
        facts=tuple(re.findall(r"^- `(\S+)`: (.+)$", _part(turn, "# Supplied facts"), re.MULTILINE)),
        sentences=tuple(re.findall(r"^\d+: (.*)$", answer, re.MULTILINE)),
    )


def _points(question: str) -> Iterator[_Point]:
    section = ""
    pattern = r"^## Section (\S+):|^- Look-for `(\S+)`\n  - named when: (.+)\n  - specific when: (.+)$"
    for match in re.finditer(pattern, question, re.MULTILINE):
        section = match[1] or section
        if match[2]:
            yield _Point(section, match[2], _words(match[3]), _words(match[4]), match[3])


def _part(text: str, heading: str) -> str:
    after = text.partition(heading)[2]
    return re.split(r"^#", after, maxsplit=1, flags=re.MULTILINE)[0]


def _words(text: str) -> frozenset[str]:
    found = (word for word in re.findall(r"[^\W_]{3,}", text.lower()) if word not in _STOP_WORDS.split())
    return frozenset(word[:_STEM_CHARS] for word in found)


def _speaking_to(words: frozenset[str], sentences: Sequence[str], shared: int = SHARED_WORDS) -> list[int]:
    return [at for at, sentence in enumerate(sentences, 1) if len(words & _words(sentence)) >= shared]


def _matching(pattern: re.Pattern[str], sentences: Sequence[str]) -> list[int]:
    return [at for at, sentence in enumerate(sentences, 1) if pattern.search(sentence)]


def _mark(point: _Point, sentences: Sequence[str]) -> dict[str, Any]:
    named = _speaking_to(point.named, sentences)
    cited = [at for at in named if len((point.named | point.specific) & _words(sentences[at - 1])) > SHARED_WORDS + 1]
    met = "specific" if cited else "named" if named else "no"
    return {"id": point.id, "sentences": cited or named, "met": met, "gist": " ".join(point.text.split()[:8])}


def _section(key: str, task: _Task) -> dict[str, Any]:
    marks = [_mark(point, task.sentences) for point in task.points if point.section == key]
    cited = sorted({at for mark in marks for at in mark["sentences"]})
    met = sum(mark["met"] != "no" for mark in marks)
    return {
        "key": key,
        "line": f"You touch {met} of {len(marks)} points here; the rest is open.",
        "reading": f"You touch {met} of {len(marks)} points here. They rest on {len(cited)} of your sentences.",
        "points": marks,
        "also_good": [],
        "facets": {
            "number": [at for at in cited if re.search(r"\d", task.sentences[at - 1])],
            "tradeoff": [at for at in cited if re.search(r"\b(but|instead|against)\b", task.sentences[at - 1])],
            "impact": [at for at in cited if re.search(r"\b(users?|people|customers?)\b", task.sentences[at - 1])],
        },
        "soundness_reason": "Nothing here contradicts itself by its words.",
        "soundness": "sound",
    }


def _claims(task: _Task) -> Iterator[dict[str, Any]]:
    for fact_id, text in task.facts:
        for at in _speaking_to(_words(text), task.sentences, shared=4)[:1]:
            numbers = set(re.findall(r"\d+", task.sentences[at - 1]))
            differs = numbers and not numbers & set(re.findall(r"\d+", text))
            yield {"sentence": at, "fact_id": fact_id, "note": text, "verdict": "differs" if differs else "matches"}


def _slips(sentences: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Sentences with a product that is wrong."""
    for at, sentence in enumerate(sentences, 1):
        for match in _PRODUCT.finditer(sentence):
            one, other, given = (int(number.replace(",", "") or 0) for number in match.groups())
            if one * other != given:
                yield {"sentence": at, "why": f"{one:,} times {other:,} is {one * other:,}."}
                break


def _read(task: _Task) -> dict[str, Any]:
    sections = [_section(key, task) for key in task.sections]
    met = {mark["id"]: mark for section in sections for mark in section["points"]}
    open_points = [point for point in task.points if met[point.id]["met"] != "specific"] or list(task.points)
    target = open_points[0]
    strong = next((mark for mark in met.values() if mark["met"] == "specific"), None)
    asked = dict(task.probes)
    probe_point = next((point.id for point in open_points if point.id in asked), "")
    seen = sum(mark["met"] != "no" for mark in met.values())
    return {
        "language": "en",
        "instructions_to_judge": _matching(_STEERING, task.sentences),
        "off_topic": not _speaking_to(task.question, task.sentences),
        "slips": list(_slips(task.sentences)),
        "sections": sections,
        "hand_waving": [{"sentence": at, "why": "It names no choice."} for at in _matching(_VAGUE, task.sentences)],
        "claims": list(_claims(task)),
        "criteria": [{"key": key, "met": strong is not None} for key in task.criteria],
        "held": {"sentence": strong["sentences"][0] if strong else 0, "why": "It is specific." if strong else ""},
        "verdict": f"You touch {seen} of the {len(met)} points that this question looks for.",
        "fix": {
            "aim": "missing_point" if met[target.id]["met"] == "no" else "precision",
            "section": target.section,
            "sentence": next(iter(met[target.id]["sentences"]), 0),
            "why": f"This point is {met[target.id]['met']} so far: {target.text}.",
            "rewrite": f"I would say it in one sentence with a number: {target.text}.",
        },
        "probe_point": probe_point,
        "probe": asked.get(probe_point, f"How would you show this: {target.text}?"),
    }
