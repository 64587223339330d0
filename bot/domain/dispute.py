"""A dispute: a member disagrees with the band that a model gave a section. Both bands are kept; the human's counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain.peer_review import CHANGED, InboxEntry, InboxKind
from bot.domain.review import Review, SectionReview


def about(made: Review, section: SectionReview) -> InboxEntry:
    """The entry for a dispute of `section`, without a reason yet; one for a feedback and section."""
    return InboxEntry(
        kind=InboxKind.DISPUTE, day=made.day, author_id=made.member_id, section=section.key, version=made.version,
        band=section.band, at=made.made_at,
    )  # fmt: skip


def found_at(made: Review, disputes: Iterable[InboxEntry], key: str) -> datetime:
    """Since when the band of a section counts: that of the feedback, or of the decision that changed it."""
    decided = [each for each in disputes if each.version == made.version and each.section == key]
    changed = [each.closed_at for each in decided if each.closed_at is not None and each.outcome == CHANGED]
    return max((made.made_at, *changed))


def counted(made: Review, disputes: Iterable[InboxEntry]) -> Review:
    """`made` with the bands that count: where a facilitator decided, theirs. What is stored stays as it is."""
    decided = {each.section: each.decided for each in disputes if each.version == made.version}
    sections = (
        section if (band := decided.get(section.key)) is None else replace(section, band=band)
        for section in made.sections
    )
    return replace(made, sections=tuple(sections))
