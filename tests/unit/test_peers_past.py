from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.dispute import about
from bot.domain.peer_review import CHANGED, InboxEntry
from bot.views.facilitating.past_card import A_PAGE, Past, decided
from tests.contract.store_case import ASHA, NOW, group, review


def entry(number: int) -> InboxEntry:
    """One that was decided so many hours later, with as much to say as fits into the form."""
    made = review()
    at = NOW + timedelta(hours=number)
    opened = about(made, made.sections[0])
    return replace(opened, closed_at=at, outcome=CHANGED, decided=1, closed_by=ASHA, reply="no 🙂 " * 200)


def test_every_page_of_what_was_decided_fits_a_card() -> None:
    """However long names and notes are, each page holds at most six decisions, and the pages lead to each other."""
    name = "@everyone " * 30
    past = [Past(entry=entry(number), author=name, by=name, what="Metrics: " + "x" * 60) for number in range(14)]
    pages = [decided(past, page, group()) for page in (1, 2, 3)]
    assert [len(page.data["decisions"]) for page in pages] == [A_PAGE, A_PAGE, 2]
    assert [[button.action for button in page.buttons] for page in pages] == [
        ["inbox-past:2", "inbox:1"],
        ["inbox-past:1", "inbox-past:3", "inbox:1"],
        ["inbox-past:2", "inbox:1"],
    ]


def test_a_page_that_is_not_there_is_the_nearest() -> None:
    """A button of a longer list shows the last page, and an empty list says so."""
    past = [Past(entry=entry(1), author="ben", by=None, what="Metrics: 1 of 4")]
    assert "Who decided is not kept" in decided(past, 99, group()).plain
    assert "Nothing was decided" in decided([], 1, group()).plain
