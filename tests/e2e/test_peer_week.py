from __future__ import annotations

import difflib

import pytest

from tests.e2e.peer_week import GOLDEN, SCRIPT, START, transcript
from tests.e2e.program import Outcome, played

HELD = "“each minute there costs us one of them in twenty” says what waiting costs."
"""Of Ben's review of Asha's answer, which she reads when she has given one."""


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The week, played once."""
    return played(tmp_path_factory.mktemp("peers"), SCRIPT, start=START)


def test_each_line_of_the_week_is_as_written_down(week: Outcome) -> None:
    """The week prints the golden transcript, line by line."""
    wanted, printed = GOLDEN.read_text(encoding="utf-8").splitlines(), transcript(week.lines)
    difference = difflib.unified_diff(wanted, printed, "golden", "printed", lineterm="")
    assert wanted == printed, "\n".join(["", *difference, "If this is meant: python -m tests.e2e.peer_week"])


def test_each_review_stands_once(week: Outcome) -> None:
    """Four reviews were given, and each stands in the thread once, the restart notwithstanding."""
    texts = [line.text for line in week.of(place="thread", kind="reply") if line.text.startswith("Review by")]
    heads = [text.splitlines()[0] for text in texts]
    assert heads == [
        "Review by ben, of the answer by asha",
        "Review by asha, of the answer by chen",
        "Review by ben, of the answer by chen",
        "Review by a member, of the answer by chen",
    ]


def test_give_to_get(week: Outcome) -> None:
    """Asha reads nothing of Ben's review before she has given one herself."""
    own = next(number for number, line in enumerate(week.lines) if line.text.startswith("Saved. chen sees it by"))
    seen = [number for number, line in enumerate(week.lines) if HELD in line.text and line.to != "ben"]
    assert seen
    assert min(seen) > own


def test_nobody_is_told_too_much(week: Outcome) -> None:
    """Nobody gets more than three direct messages on a day, and none between ten in the evening and eight."""
    direct = week.of(place="dm")
    for name in ("asha", "ben", "chen", "dara"):
        days = [line.at[:10] for line in direct if line.to == name]
        assert all(days.count(day) <= 3 for day in days)
    assert all("08:00" <= line.at[11:16] < "22:00" for line in direct)
