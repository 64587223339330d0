"""What a group was weak in, from the bands of its reviews. Never about one person: a cell needs several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.domain.group import MemberId
from bot.domain.picks import Need
from bot.domain.question import Question
from bot.domain.review import Review

STRONG_BAND = 3
FEWEST_ANSWERS = 5
FEWEST_PEOPLE = 3
"""A cell counts from so many answers by so many people on (issue 7, item 3)."""
WANTED = 2
"""A section that a question weighs less is answered lightly by design, so its band says nothing."""
MOST_NEEDS = 3
"""The weakest; more than these would be no choice."""


@dataclass(frozen=True, slots=True)
class Banded:
    """One judged answer.

    Attributes:
        bands: section key -> band 0 to 4, of sections that the question wants.
        hearts: keys of the sections that the question is mostly about.
    """

    member_id: MemberId
    topic: str
    bands: Mapping[str, int]
    hearts: frozenset[str]

    @classmethod
    def of(cls, review: Review, question: Question) -> Banded:
        """From the review of an answer to `question`."""
        bands = {each.key: each.band for each in review.sections if each.band is not None and each.weight >= WANTED}
        hearts = frozenset(question.hearts)
        return cls(review.member_id, question.topic, bands, hearts)

    @property
    def in_sections(self) -> Mapping[str, bool]:
        """Whether the answer was strong in each section."""
        return {key: band >= STRONG_BAND for key, band in self.bands.items()}

    def in_topic(self, ignored: Collection[str]) -> Mapping[str, bool]:
        """Whether it was strong in its topic: at least half of the sections at its heart were.

        `ignored` sections are left out; empty if nothing is left to tell by. To ask for more than half would call most
        good groups weak somewhere by chance.
        """
        strong = [strong for key, strong in self.in_sections.items() if key in self.hearts and key not in ignored]
        return {self.topic: 2 * sum(strong) >= len(strong)} if strong else {}


def weak_in(answers: Sequence[Banded]) -> list[Need]:
    """What fewer than half of the answers were strong in, the weakest first; at most MOST_NEEDS.

    A weak section makes no topic weak, or it would be named twice. Each cell is ranked as if it had one strong answer
    and one weak one more: a few answers prove less than many.
    """
    sections = _weak((each.member_id, each.in_sections) for each in answers)
    named = {need.about for need in sections}
    topics = _weak((each.member_id, each.in_topic(named)) for each in answers)
    ranked = sorted([*sections, *topics], key=lambda need: (Fraction(need.strong + 1, need.counted + 2), need.about))
    return ranked[:MOST_NEEDS]


def _weak(answers: Iterable[tuple[MemberId, Mapping[str, bool]]]) -> list[Need]:
    cells: dict[str, list[tuple[MemberId, bool]]] = defaultdict(list)
    for member_id, found in answers:
        for about, strong in found.items():
            cells[about].append((member_id, strong))
    counted = [
        Need(about, sum(strong for _, strong in cell), len(cell))
        for about, cell in cells.items()
        if len(cell) >= FEWEST_ANSWERS and len({member_id for member_id, _ in cell}) >= FEWEST_PEOPLE
    ]
    return [need for need in counted if 2 * need.strong < need.counted]
