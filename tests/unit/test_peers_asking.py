from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bot.domain.duty import AnswerId
from bot.domain.group import Group, GroupId, MemberId, Place
from bot.domain.schedule import Schedule
from bot.views.peers import duty_card

MONDAY = date(2026, 11, 23)
GROUP = Group(
    id=GroupId("g1"),
    place=Place("terminal", "w", "c"),
    name="study",
    schedule=Schedule("UTC", time(9), frozenset({1})),
    created_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
    seed="s",
)


@pytest.mark.parametrize(
    ("author", "label"),
    [
        ("ben", "Read ben's answer"),
        ("n" * 90, f"Read {'n' * 19}…'s answer"),
        ("", "Read the answer"),
    ],
)
def test_a_button_to_an_answer_says_whose_it_is(author: str, label: str) -> None:
    """Read alone, as a screen reader does, the button says that it opens an answer and whose; a long name is cut."""
    to_review = duty_card.ToReview(answer=AnswerId(MONDAY, MemberId("u1")), author=author, title="Why", due_at=None)
    [button] = duty_card.asked([to_review], GROUP).buttons
    assert button.label == label
