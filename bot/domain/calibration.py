"""Calibration: before the first review a member rates two excerpts, then sees the reference bands and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

EXCERPTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A piece of an answer to rate.

    Attributes:
        band: the reference, 0 to 4.
        why: what makes it that band, in one or two sentences.
    """

    text: str
    band: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Two excerpts of one section, both answering `question`."""

    section: str
    question: str
    excerpts: tuple[Excerpt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """What a member made of a calibration: their bands and the references, in the order of the excerpts."""

    section: str
    bands: tuple[int, ...]
    references: tuple[int, ...]
    at: datetime

    @property
    def gaps(self) -> tuple[int, ...]:
        """How far above the reference each band was; below it is negative."""
        return tuple(band - reference for band, reference in zip(self.bands, self.references, strict=True))


def choose(known: Mapping[str, Calibration], rated: Sequence[str], done: Sequence[str] = ()) -> Calibration | None:
    """The calibration to offer: one of a section that the coming review rates, before any other; None if all are done.

    Args:
        known: section key -> calibration.
        rated: keys of the sections that the review will rate.
        done: sections that the member was calibrated on.
    """
    left = [key for key in (*rated, *known) if key in known and key not in done]
    return known[left[0]] if left else None


def rate(calibration: Calibration, bands: Sequence[int], at: datetime) -> Calibrated:
    """What comes of rating both excerpts. Raises ValueError when there is not one band for each."""
    if len(bands) != len(calibration.excerpts):
        raise ValueError(f"{len(calibration.excerpts)} excerpts take as many bands, got {len(bands)}")
    references = tuple(excerpt.band for excerpt in calibration.excerpts)
    return Calibrated(section=calibration.section, bands=tuple(bands), references=references, at=at)
