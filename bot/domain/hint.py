"""Hints: three for a question, each a step nearer, and none of them the outline."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.framework import Framework, Section
from bot.domain.question import Facet, LookFor, Question

MOST_HINTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the three hints of a question are made of.

    Attributes:
        section: where most of the weight lies.
        facets: what its points want to see, in the order of Facet; the first hint says it with the section.
        probe: the second hint, a question; empty where nobody wrote one, then the section's own question stands in.
        point: the third hint, a move; what would make it specific stays hidden.
    """

    section: Section
    facets: tuple[Facet, ...]
    probe: str
    point: str


def hints_of(question: Question, framework: Framework) -> Hints:
    """The hints of a question that weighs at least one section with points.

    The heart with most points comes first; the probe is the last one for it, since feedback asks the first that fits.
    The point of the third hint is another one than the probe is for, if there is one.
    """
    section = max(
        (section for section in framework.sections if question.look_for.get(section.key)),
        key=lambda section: (question.emphasis.get(section.key, 0), len(question.look_for[section.key])),
    )
    points = question.look_for[section.key]
    facets = {facet for point in points for facet in point.facets}
    about = {point.id for point in points}
    probe = next((each for each in reversed(question.probes) if each.point_id in about), None)
    return Hints(
        section=section,
        facets=tuple(facet for facet in Facet if facet in facets),
        probe=probe.ask if probe else "",
        point=_other(points, probe.point_id if probe else "").point,
    )


def _other(points: tuple[LookFor, ...], point_id: str) -> LookFor:
    return next((point for point in points if point.id != point_id), points[0])
