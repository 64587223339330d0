from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import Answer, Part
from bot.domain.group import Group, MemberId
from bot.domain.post import Post
from bot.errors import StoreDown
from bot.infra.redis.codec import due_ms, dump, from_ms, load, load_same, now_ms

INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  given below
HALVES = st.integers(0xD800, 0xDFFF).map(chr)
TEXTS = st.lists(st.text() | HALVES).map("".join)
MS = timedelta(milliseconds=1)


@given(TEXTS, INSTANTS, st.booleans())
def test_an_answer_comes_back_as_it_went(text: str, sent_at: datetime, late: bool) -> None:
    """Any text but half a surrogate pair survives, and so does every instant and flag."""
    made = answer(text, sent_at, late=late)
    stored = load(Answer, dump(Answer, made))
    assert stored == answer(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), sent_at, late=late)


def test_old_and_new_code_read_each_other() -> None:
    """A field that is not known is passed over, and one that is missing takes its default."""
    raw = b'{"member_id": "U1", "day": "2026-11-23", "parts": [], "mood": "glad"}'
    assert load(Answer, raw) == Answer(member_id=MemberId("U1"), day=date(2026, 11, 23), parts=())


def test_what_is_read_often_is_read_once() -> None:
    """The same bytes of a kind give one object, other bytes another; what cannot be read is a fault each time."""
    post = Post(day=date(2026, 11, 23), number=1, question_id="q", due_at=datetime(2026, 11, 23, 8, tzinfo=UTC))
    raw = dump(Post, post)
    assert load_same(Post, raw) == post
    assert load_same(Post, bytes(bytearray(raw))) is load_same(Post, raw)
    assert load_same(Post, dump(Post, replace(post, number=2))).number == 2
    for _ in range(2):
        with pytest.raises(StoreDown):
            load_same(Group, raw)


@pytest.mark.parametrize("raw", [b"", b"hush", b'{"member_id": "hush"}', b'{"member_id": ["hush"]}', b"\xff\xfe"])
def test_what_is_no_record_is_not_quoted(raw: bytes) -> None:
    """A record that cannot be read is StoreDown with its kind, never with its words, not even as the cause."""
    with pytest.raises(StoreDown, match="a Answer that this version cannot read") as caught:
        load(Answer, raw)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@given(INSTANTS)
def test_nothing_is_due_early(at: datetime) -> None:
    """A due time is rounded up and the present down, by less than a millisecond."""
    assert at <= from_ms(due_ms(at)) < at + MS
    assert at - MS < from_ms(now_ms(at)) <= at


def test_an_instant_is_one_in_every_zone() -> None:
    """The milliseconds of an instant do not depend on the zone that it is written in."""
    here = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Paris"))
    assert due_ms(here) == now_ms(here.astimezone(UTC)) == 1795420800000


def answer(text: str, sent_at: datetime, *, late: bool) -> Answer:
    part = Part("m1", text, sent_at)
    return Answer(member_id=MemberId("U1"), day=sent_at.date(), parts=(part,), late=late)
