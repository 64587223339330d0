from __future__ import annotations

import difflib

import pytest

from tests.e2e.program import Outcome, played
from tests.e2e.sealed_day import GOLDEN, SCRIPT, transcript

CLOSE = "2026-10-21T17:00"
WORDS = {"asha": "costs us one of them in twenty", "ben": "the price falls every year", "chen": "nine of ten requests"}
"""Some words of each answer that was given in time."""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The day, played once."""
    return played(tmp_path_factory.mktemp("sealed"), SCRIPT)


def test_each_line_of_the_day_is_as_written_down(day: Outcome) -> None:
    """The day prints the golden transcript, line by line."""
    wanted, printed = GOLDEN.read_text(encoding="utf-8").splitlines(), transcript(day.lines)
    difference = difflib.unified_diff(wanted, printed, "golden", "printed", lineterm="")
    assert wanted == printed, "\n".join(["", *difference, "If this is meant: python -m tests.e2e.sealed_day"])


def test_before_the_close_only_who_has_answered_reads_the_others(day: Outcome) -> None:
    """Until the close the bot shows an answer to its author and to those who have answered; then to all."""
    before = [line for line in day.lines if line.at < CLOSE and line.author == "bot"]
    answered: set[str] = set()
    for line in before:
        answered |= {line.to} if line.text.startswith("Saved. It counts") else set()
        others = [name for name, words in WORDS.items() if words in line.text and line.to != name]
        assert not others or (line.place == "only-you" and line.to in answered)
    threaded = [line.text for line in day.of(place="thread", kind="reply") if line.at[:16] == CLOSE]
    assert [name for name, words in WORDS.items() for text in threaded if words in text] == list(WORDS)


def test_the_post_counts_without_names(day: Outcome) -> None:
    """The post is edited to say how many have answered, and names none of them."""
    posts = [line.text for line in day.of(kind="edit", place="channel")]
    assert [text.splitlines()[-2] for text in posts] == ["1 answered.", "2 answered.", "3 answered."]
    assert not any(name in text for text in posts for name in WORDS)
