from __future__ import annotations

import pytest

from bot.domain.calibration import choose, rate
from bot.domain.prose import measure
from bot.infra.library import packaged_library
from tests.unit.peers_case import NOW

KNOWN = packaged_library().calibrations


def test_two_minutes_are_enough_to_calibrate() -> None:
    """The excerpts of each calibration together have at most 180 words, for at least three sections."""
    assert len(KNOWN) >= 3
    for calibration in KNOWN.values():
        assert sum(measure(excerpt.text).words for excerpt in calibration.excerpts) <= 180
        assert all(excerpt.why for excerpt in calibration.excerpts)


def test_the_excerpts_of_a_section_are_a_weaker_and_a_stronger_one() -> None:
    """The first excerpt is rated lower than the second, by at least two bands."""
    for key, calibration in KNOWN.items():
        weak, strong = calibration.excerpts
        assert calibration.section == key
        assert strong.band - weak.band >= 2


def test_length_does_not_give_a_band_away() -> None:
    """No excerpt is more than 2.2 times as long as its partner."""
    for calibration in KNOWN.values():
        weak, strong = (measure(excerpt.text).words for excerpt in calibration.excerpts)
        assert max(weak, strong) / min(weak, strong) <= 2.2


def test_a_calibration_fits_the_review_that_follows() -> None:
    """The section that is about to be rated comes first, then others; none comes again."""
    first = choose(KNOWN, ("s5", "s4"))
    other = choose(KNOWN, ("s5", "s2"))
    assert first is KNOWN["s4"]
    assert other is next(iter(KNOWN.values()))
    assert choose(KNOWN, ("s4",), done=("s4",)) is other
    assert choose(KNOWN, ("s4",), done=tuple(KNOWN)) is None
    assert choose({}, ("s4",)) is None


def test_the_reference_comes_after_the_rating() -> None:
    """What is kept holds both bands beside both references, and how far each was above."""
    made = rate(KNOWN["s1"], (3, 3), NOW)
    assert (made.section, made.bands, made.references, made.gaps) == ("s1", (3, 3), (1, 4), (2, -1))
    with pytest.raises(ValueError, match="2 excerpts take as many bands"):
        rate(KNOWN["s1"], (3,), NOW)
