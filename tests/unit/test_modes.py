from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import FREE_TEXT, with_message
from bot.domain.group import WINDOWS_H, FeedbackMode, Group, GroupId, Mode, Place
from bot.domain.parse import parse_mode, parse_window
from bot.domain.post import LONGEST_WINDOW, Post, PostState, window_end
from bot.domain.schedule import Schedule
from bot.errors import Refusal
from bot.infra.redis.codec import dump, load
from bot.usecases.posting.tally import EVERY_S, next_edit_at
from bot.views.answering.others_card import fair_rooms
from bot.views.facilitating.setup_form import MODES, setup_form, window_text

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GROUP = Group(
    id=GroupId("g1"),
    place=Place("terminal", "w", "c"),
    name="study",
    schedule=Schedule("UTC", time(9), frozenset({1})),
    created_at=NOON,
    seed="s",
)
POST = Post(
    day=date(2026, 11, 23),
    number=1,
    question_id="q",
    due_at=NOON,
    state=PostState.SENT,
    opened_at=NOON,
    closes_at=NOON + 4 * HOUR,
    sealed=True,
)
texts = st.text("ab \n", min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
forms = st.dictionaries(st.sampled_from(["s1", "s2", FREE_TEXT]), texts, max_size=3)


def test_a_group_stored_before_there_were_modes_is_open() -> None:
    """A record without window and seal reads as an open group with the longest window, and a post as an open one."""
    stored = dump(Group, GROUP).replace(b'"window_h":36,"sealed":false,', b"")
    assert b"sealed" not in stored
    assert load(Group, stored) == GROUP
    old = dump(Post, replace(POST, sealed=False)).replace(b',"sealed":false', b"")
    assert b"sealed" not in old
    assert not load(Post, old).sealed


@pytest.mark.parametrize("mode", Mode)
def test_a_mode_is_what_was_chosen(mode: Mode) -> None:
    """A group in a mode says so, from whichever mode it comes; feedback on sealed answers is private."""
    for before in Mode:
        assert GROUP.shown_as(before).shown_as(mode).mode is mode
    assert (GROUP.shown_as(mode).feedback is FeedbackMode.PRIVATE) == (mode in (Mode.PRIVATE, Mode.SEALED))


def test_a_post_is_sealed_until_it_closes() -> None:
    """A sealed post hides its answers before its close, also while it is not sent yet, and at the close no more."""
    assert POST.is_sealed(NOON + 4 * HOUR - timedelta(microseconds=1))
    assert not POST.is_sealed(NOON + 4 * HOUR)
    assert replace(POST, opened_at=None, closes_at=None).is_sealed(NOON)
    assert not replace(POST, sealed=False).is_sealed(NOON)


@pytest.mark.parametrize(
    ("hours", "next_h", "end_h"), [(36, None, 36), (36, 24, 24), (8, 24, 8), (8, 3, 3), (99, None, 36)]
)
def test_a_window_ends_with_whatever_comes_first(hours: int, next_h: int | None, end_h: int) -> None:
    """A window ends after the group's hours, at the next post, or after the longest window."""
    assert window_end(NOON, None if next_h is None else NOON + next_h * HOUR, hours) == NOON + end_h * HOUR
    assert window_end(NOON, None, hours) - NOON <= LONGEST_WINDOW


@pytest.mark.parametrize(("text", "hours"), [("36", 36), (" 8 h", 8), ("4H", 4)])
def test_a_window_is_read(text: str, hours: int) -> None:
    """Hours may be written with their unit."""
    assert parse_window(text) == hours


@pytest.mark.parametrize("text", ["", "0", "48", "-8", "8 days", "²", "8.0", "a" * 40_000])
def test_a_window_that_is_not_offered_is_refused(text: str) -> None:
    """What is no offered number of hours is refused with those that are."""
    with pytest.raises(Refusal, match="It can be 36, 24, 12, 8, 4"):
        parse_window(text)


def test_a_mode_is_read() -> None:
    """A mode may be written in any case; another word is refused with the modes."""
    assert parse_mode(" Sealed ") is Mode.SEALED
    with pytest.raises(Refusal, match="It can be thread, brief, private, sealed"):
        parse_mode("hidden")


def test_every_choice_is_in_words() -> None:
    """The form and the cards have words for each window and each mode, and the form shows what stands."""
    assert set(MODES) == set(Mode)
    assert len({window_text(hours) for hours in WINDOWS_H}) == len(WINDOWS_H)
    standing = setup_form(replace(GROUP, window_h=8).shown_as(Mode.SEALED), "")
    assert [field.value for field in standing.fields] == ["UTC", "09:00", "mon", "8", "sealed"]


@given(st.integers(0, 10**13).map(lambda us: NOON + timedelta(microseconds=us)))
def test_a_post_is_edited_on_half_minutes(now: datetime) -> None:
    """The next edit comes within half a minute, and all that happens in between has the same one."""
    at = next_edit_at(now)
    assert timedelta(0) < at - now <= timedelta(seconds=EVERY_S)
    assert next_edit_at(at - timedelta(microseconds=1)) == at
    assert at.second % EVERY_S == at.microsecond == 0


@given(st.lists(st.integers(0, 4_000), max_size=20), st.integers(0, 4_000))
def test_room_is_shared_fairly(sizes: list[int], room: int) -> None:
    """Nothing gets more than it needs, nothing more than one that needs more, and no room is wasted."""
    rooms = fair_rooms(sizes, room)
    assert sum(rooms) <= room
    assert all(got <= size for got, size in zip(rooms, sizes, strict=True))
    assert all(one <= other or one - other <= 1 for one, small in zip(rooms, sizes, strict=True)
               for other, large in zip(rooms, sizes, strict=True) if small <= large)  # fmt: skip
    assert rooms == sizes or sum(rooms) > room - len(sizes)


@given(forms, texts)
def test_a_message_is_added_to_a_form_once(values: dict[str, str], text: str) -> None:
    """What stood in the form and the message stand in it afterwards, and adding it again changes nothing."""
    added = with_message(values, text)
    held = "\n".join(added.values())
    assert all(value in held for value in values.values())
    assert text in held
    assert with_message(added, text) == added


def test_an_edited_message_takes_its_own_place() -> None:
    """A message with a new text replaces its older one in the form, and is added where that is gone."""
    assert with_message({"s1": "a", "s2": "one\n\ntwo"}, "2", "two") == {"s1": "a", "s2": "one\n\n2"}
    assert with_message({"s1": "a"}, "2", "two") == {"s1": "a\n\n2"}
    assert with_message({}, "2", "two") == {FREE_TEXT: "2"}
