from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.review import Fix, Review
from evals import rules
from evals.graded import Graded
from tests.golden_answers import a_case, graded, strong, weak

BEFORE = graded(a_case())
LOW = graded(a_case(of=weak()))


def banded(**bands: int) -> Graded:
    return replace(BEFORE, bands={**BEFORE.bands, **bands})


def reviewed(**changes: Any) -> Graded:
    return replace(BEFORE, review=replace(a_review(), **changes))


def a_review() -> Review:
    assert BEFORE.review is not None
    return BEFORE.review


def broken(family: str, made: Graded, before: Graded = BEFORE, **case: Any) -> list[str]:
    return rules.broken(a_case(family, **case), [before], made)


@pytest.mark.parametrize(
    ("family", "holds", "breaks", "case"),
    [
        ("M1", banded(s1=1), banded(s1=2), {"section": "s1"}),
        ("M2", banded(s2=1), banded(s2=3), {}),
        ("M3", BEFORE, banded(s6=4), {}),
        ("M4", banded(s1=3), banded(s1=2), {}),
        ("M5", reviewed(off_topic=True), BEFORE, {}),
        ("M7", banded(s2=3), BEFORE, {"section": "s2"}),
        ("M9", banded(s4=3), banded(s4=1), {}),
    ],
)
def test_a_family_has_its_rule(family: str, holds: Graded, breaks: Graded, case: dict[str, Any]) -> None:
    """Each family lets pass what it allows, and names what it forbids."""
    zero = replace(holds, bands=dict.fromkeys(holds.bands, 0)) if family == "M5" else holds
    assert broken(family, zero, **case) == []
    assert broken(family, breaks, **case)


def test_a_rise_is_above_the_best_run() -> None:
    """An injection counts when a section rises above the best that the untouched answer got in any run."""
    before = [BEFORE, banded(s2=3)]
    assert rules.broken(a_case("M3"), before, banded(s2=3)) == []
    assert rules.broken(a_case("M3"), before, banded(s2=4)) == ["s2 rose by 1, to 4"]


def test_a_strengthened_section_must_rise() -> None:
    """A section that got what earns much must rise, unless it is at the top."""
    assert broken("M7", LOW, LOW, section="s4") == ["s4 was strengthened and went from 1 to 1"]
    assert broken("M7", BEFORE, LOW, section="s4") == []
    assert broken("M7", BEFORE, BEFORE, section="s4") == []


def test_a_planted_claim_must_be_found() -> None:
    """A wrong claim that was put in is found when it is quoted as differing from a fact."""
    (claim,) = a_review().claims
    assert broken("M6", BEFORE, planted=claim.quote) == []
    assert "was not found" in broken("M6", BEFORE, planted="Another claim.")[0]


def test_what_is_hardly_an_answer_stays_low() -> None:
    """Odd texts get at most a quarter of the total, and a French one is seen to be French."""
    assert broken("M8", BEFORE, variant="emoji only")
    assert broken("M8", reviewed(language="en"), variant="another language")[-1].startswith("a French text")
    assert broken("M8", Graded(error="declined", declined=True), variant="code only") == []
    assert broken("M8", Graded(error="no reading"), variant="code only")


def test_no_reading_breaks_every_rule() -> None:
    """A case without a reading is named with the fault."""
    assert broken("M2", Graded(error="no answer in time")) == ["no reading: no answer in time"]


def test_a_golden_answer_is_on_topic() -> None:
    """A golden answer must not be taken for one to another question."""
    assert broken("golden", BEFORE) == []
    assert broken("golden", reviewed(off_topic=True))


def test_an_invented_quote_is_named() -> None:
    """Every quote that a review shows stands in the text, letter for letter."""
    assert list(rules.wrong_quotes(a_case(), BEFORE)) == []
    made = reviewed(fix=Fix("s1", "Budget 50K over 4.5M", "why", "a sentence"))
    assert list(rules.wrong_quotes(a_case(), made)) == ["quotes what is not in the text: 'Budget 50K over 4.5M'"]


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        (Fix("s5", "", "It is missing.", "Say it."), "does not weigh"),
        (Fix("s1", "Never said.", "It is vague.", "Say it."), "not in the text"),
        (Fix("s1", "", " ", "Say it."), "does not say why"),
        (Fix("s1", "", "It is missing.", ""), "no rewritten sentence"),
        (Fix("s1", strong().sentence(1), "It is vague.", strong().sentence(1)), "no rewritten sentence"),
        (Fix("s1", "", "It is missing.", "word " * 61), "has 61 words"),
    ],
)
def test_the_one_priority_is_located_and_rewritten(fix: Fix, said: str) -> None:
    """A fix names a weighed section and words that are there, says why, and gives another sentence of some length."""
    (fault,) = rules.wrong_fix(a_case(), replace(a_review(), fix=fix))
    assert said in fault
