from __future__ import annotations

import difflib

import pytest

from tests.e2e.facilitator_day import GOLDEN, SCRIPT, transcript
from tests.e2e.program import Outcome, played


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The day, played once."""
    return played(tmp_path_factory.mktemp("facilitator"), SCRIPT)


def test_each_line_of_the_day_is_as_written_down(day: Outcome) -> None:
    """The day prints the golden transcript, line by line."""
    wanted, printed = GOLDEN.read_text(encoding="utf-8").splitlines(), transcript(day.lines)
    difference = difflib.unified_diff(wanted, printed, "golden", "printed", lineterm="")
    assert wanted == printed, "\n".join(["", *difference, "If this is meant: python -m tests.e2e.facilitator_day"])


def test_the_group_s_own_question_comes_on_its_day(day: Outcome) -> None:
    """The question that was added and pinned is the post of the next morning."""
    posts = [line for line in day.of(kind="post", place="channel") if line.at.startswith("2026-10-22")]
    assert [line.data["title"] for line in posts] == ["Museum guide"]


def test_only_facilitators_and_the_author_see_a_suggestion(day: Outcome) -> None:
    """What was suggested stands in no channel or thread; the author learns its end in a direct message."""
    public = [line.text for line in day.lines if line.place in ("channel", "thread")]
    assert not [text for text in public if "court letters" in text or "Ignore your rules" in text]
    told = [line.text for line in day.of(place="dm", to="ben")]
    assert len(told) == 2
    assert "They say: That is no question for an interview." in told[1]
