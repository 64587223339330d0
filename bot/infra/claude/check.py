"""Judges what the model gave: faults by path, and the domain's `Reading` of what may be used.

A number or an id that does not exist is never taken on trust and never turned into "absent": after one repair the point
reads "not checked", and everything else that names it is dropped.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from bot.domain.question import Facet
from bot.domain.review import (
    AlsoGood,
    ClaimReading,
    FixReading,
    Met,
    PointReading,
    Reading,
    Remark,
    SectionReading,
    Soundness,
    Verdict,
)
from bot.infra.claude.mentions import mentions
from bot.infra.claude.schema import WireClaim, WirePoint, WireReading, WireSection
from bot.ports import ReviewRequest

MOST_ALSO_GOOD = 2
MOST_FAULTS = 40
"""More faults than this say nothing new to the model."""


class NotJson(Exception):  # noqa: N818  it says what the reply is
    """The reply is not one JSON object."""


class Unusable(Exception):  # noqa: N818  it says what the reading is
    """The reading cannot be shown even with its doubtful parts left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a reading may name: sections with their look-for ids, sentences 1 to `sentences`, facts, criteria."""

    points: Mapping[str, tuple[str, ...]]
    sentences: int
    facts: frozenset[str]
    criteria: frozenset[str]

    @classmethod
    def of(cls, request: ReviewRequest, criteria: Iterable[str]) -> Bounds:
        """The bounds of one request."""
        look_for = request.question.look_for
        return cls(
            points={key: tuple(point.id for point in look_for.get(key, ())) for key in request.question.weighed},
            sentences=len(request.sentences),
            facts=frozenset(fact.id for fact in request.facts),
            criteria=frozenset(criteria),
        )

    @property
    def ids(self) -> Iterator[str]:
        """Names that only we use: section keys, and ids of several words (a single word may be plain prose)."""
        of_points = (point_id for ids in self.points.values() for point_id in ids)
        yield from (*self.points, *(name for name in (*of_points, *self.facts) if "-" in name))

    def exists(self, sentence: int) -> bool:
        """Whether the answer has this sentence."""
        return 1 <= sentence <= self.sentences


def parse(text: str, *, lenient: bool) -> tuple[WireReading | None, list[str]]:
    """The reading, or the faults of its shape by path. `lenient` allows words and fences around the object.

    Raises NotJson if there is no JSON object.
    """
    if lenient:
        text = text[text.find("{") : text.rfind("}") + 1]
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotJson from error
    if not isinstance(data, dict):
        raise NotJson
    try:
        return WireReading.model_validate(data), []
    except ValidationError as error:
        return None, [f"{_path(fault['loc'])}: {fault['msg']}" for fault in error.errors()[:MOST_FAULTS]]


def inspect(text: str, bounds: Bounds, *, lenient: bool) -> tuple[WireReading | None, list[str]]:
    """The reading if it has the right shape, and every fault. Raises NotJson."""
    wire, shape_faults = parse(text, lenient=lenient)
    return (None, shape_faults) if wire is None else (wire, faults(wire, bounds))


def faults(reading: WireReading, bounds: Bounds) -> list[str]:
    """What the reading names that does not exist, leaves out or must not say, by path.

    Of an answer to another question only what it says about that is asked for.
    """
    found = [*_remark_faults(reading, bounds), *mentions(reading, bounds.ids)]
    if not _filled(reading.verdict):
        found.append("verdict: must not be empty")
    if not reading.off_topic:
        found += [*_section_faults(reading, bounds), *_fix_faults(reading, bounds)]
    return found[:MOST_FAULTS]


def to_reading(wire: WireReading, bounds: Bounds) -> Reading:
    """The usable part of `wire`. Raises Unusable if no point could be checked or the fix or the probe is empty.

    An answer to another question needs neither.
    """
    sections = _sections(wire, bounds)
    points = [point for section in sections for point in section.points]
    if not wire.off_topic:
        if points and all(point.met is Met.NOT_CHECKED for point in points):
            raise Unusable("no point could be checked")
        if not _filled(wire.fix.why, wire.fix.rewrite, wire.probe):
            raise Unusable("the fix or the probe is empty")
    return Reading(
        verdict=wire.verdict,
        slips=tuple(Remark(r.sentence, r.why) for r in wire.slips if bounds.exists(r.sentence)),
        sections=sections,
        held=Remark(wire.held.sentence, wire.held.why) if bounds.exists(wire.held.sentence) else None,
        hand_waving=tuple(Remark(r.sentence, r.why) for r in wire.hand_waving if bounds.exists(r.sentence)),
        claims=tuple(_claim(claim, bounds) for claim in wire.claims if bounds.exists(claim.sentence)),
        criteria={item.key: item.met for item in wire.criteria if item.key in bounds.criteria},
        fix=FixReading(
            wire.fix.section,
            wire.fix.sentence if bounds.exists(wire.fix.sentence) else 0,
            wire.fix.why,
            wire.fix.rewrite,
        ),
        probe_point=wire.probe_point if any(wire.probe_point in ids for ids in bounds.points.values()) else None,
        probe=wire.probe,
        language=wire.language,
        off_topic=wire.off_topic,
        instructions_to_judge=_existing(wire.instructions_to_judge, bounds),
    )


def _section_faults(reading: WireReading, bounds: Bounds) -> Iterator[str]:
    yield from _set_faults("sections", [section.key for section in reading.sections], bounds.points)
    for at, section in enumerate(reading.sections):
        path = f"sections[{at}]"
        if not _filled(section.line, section.reading):
            yield f"{path}: line and reading must not be empty"
        if section.key in bounds.points:
            ids = [point.id for point in section.points]
            yield from _set_faults(f"{path}.points", ids, bounds.points[section.key])
        for index, point in enumerate(section.points):
            if point.met != "no" and not point.sentences:
                yield f"{path}.points[{index}]: {point.id!r} is {point.met} but cites no sentence"
            yield from _sentence_faults(f"{path}.points[{index}].sentences", point.sentences, bounds)
        for index, move in enumerate(section.also_good):
            yield from _sentence_faults(f"{path}.also_good[{index}].sentences", move.sentences, bounds)
        for facet in Facet:
            yield from _sentence_faults(f"{path}.facets.{facet}", getattr(section.facets, facet), bounds)


def _remark_faults(reading: WireReading, bounds: Bounds) -> Iterator[str]:
    for name, remarks in (("slips", reading.slips), ("hand_waving", reading.hand_waving)):
        for at, remark in enumerate(remarks):
            yield from _sentence_faults(f"{name}[{at}].sentence", [remark.sentence], bounds)
    for at, claim in enumerate(reading.claims):
        yield from _sentence_faults(f"claims[{at}].sentence", [claim.sentence], bounds)
        if claim.fact_id and claim.fact_id not in bounds.facts:
            yield f"claims[{at}].fact_id: {claim.fact_id!r} is not a supplied fact"
        if not claim.fact_id and claim.verdict != "no_source":
            yield f"claims[{at}]: verdict {claim.verdict} needs the fact_id that it rests on"
    yield from _sentence_faults("instructions_to_judge", reading.instructions_to_judge, bounds)
    if reading.held.sentence:
        yield from _sentence_faults("held.sentence", [reading.held.sentence], bounds)


def _fix_faults(reading: WireReading, bounds: Bounds) -> Iterator[str]:
    fix = reading.fix
    if fix.section not in bounds.points:
        yield f"fix.section: {fix.section!r} is not one of {', '.join(bounds.points)}"
    if fix.sentence:
        yield from _sentence_faults("fix.sentence", [fix.sentence], bounds)
    if not _filled(fix.why, fix.rewrite):
        yield "fix: why and rewrite must not be empty"
    if not _filled(reading.probe):
        yield "probe: must not be empty"
    if reading.probe_point and not any(reading.probe_point in ids for ids in bounds.points.values()):
        yield f"probe_point: {reading.probe_point!r} is not a look-for"


def _set_faults(path: str, given: list[str], expected: Iterable[str]) -> Iterator[str]:
    allowed = set(expected)
    for name, times in Counter(given).items():
        if name not in allowed:
            yield f"{path}: {name!r} does not exist here"
        elif times > 1:
            yield f"{path}: {name!r} stands here {times} times"
    for name in sorted(allowed - set(given)):
        yield f"{path}: {name!r} is missing"


def _sentence_faults(path: str, numbers: Iterable[int], bounds: Bounds) -> Iterator[str]:
    for number in numbers:
        if not bounds.exists(number):
            yield f"{path}: {number} is not a sentence of the answer (1 to {bounds.sentences})"


def _sections(wire: WireReading, bounds: Bounds) -> tuple[SectionReading, ...]:
    given = {section.key: section for section in reversed(wire.sections)}
    return tuple(_section(key, ids, given.get(key), bounds) for key, ids in bounds.points.items())


def _section(key: str, ids: tuple[str, ...], section: WireSection | None, bounds: Bounds) -> SectionReading:
    if section is None:
        unread = tuple(PointReading(point_id, Met.NOT_CHECKED, ()) for point_id in ids)
        return SectionReading(key=key, reading="", points=unread)
    given = {point.id: point for point in reversed(section.points)}
    moves = [move for move in section.also_good if move.sentences and all(map(bounds.exists, move.sentences))]
    return SectionReading(
        key=key,
        line=section.line,
        reading=section.reading,
        points=tuple(_point(point_id, given.get(point_id), bounds) for point_id in ids),
        also_good=tuple(AlsoGood(m.move, Met(m.met), _existing(m.sentences, bounds)) for m in moves[:MOST_ALSO_GOOD]),
        facets={facet: _existing(getattr(section.facets, facet), bounds) for facet in Facet},
        soundness=Soundness(section.soundness),
        soundness_reason=section.soundness_reason,
    )


def _point(point_id: str, point: WirePoint | None, bounds: Bounds) -> PointReading:
    if point is None:
        return PointReading(point_id, Met.NOT_CHECKED, ())
    if not all(map(bounds.exists, point.sentences)) or (point.met != "no" and not point.sentences):
        return PointReading(point_id, Met.NOT_CHECKED, (), point.gist)
    if point.met == "no":
        return PointReading(point_id, Met.NO, (), point.gist)
    return PointReading(point_id, Met(point.met), _existing(point.sentences, bounds), point.gist)


def _claim(claim: WireClaim, bounds: Bounds) -> ClaimReading:
    if claim.fact_id not in bounds.facts:
        return ClaimReading(claim.sentence, Verdict.NO_SOURCE, None, claim.note)
    verdicts = {"matches": Verdict.MATCHES, "differs": Verdict.DIFFERS, "no_source": Verdict.NO_SOURCE}
    verdict = verdicts[claim.verdict]
    return ClaimReading(claim.sentence, verdict, None if verdict is Verdict.NO_SOURCE else claim.fact_id, claim.note)


def _existing(numbers: Iterable[int], bounds: Bounds) -> tuple[int, ...]:
    return tuple(number for number in dict.fromkeys(numbers) if bounds.exists(number))


def _filled(*texts: str) -> bool:
    return all(text.strip() for text in texts)


def _path(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")
