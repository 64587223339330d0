from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.group import Place
from handlers.seen import MOST_KEPT, Seen
from handlers.slack.addresses import addressed, channel_of, conversation_of, direct_place
from handlers.slack.stamps import at_of, ts_at


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_stamp_is_an_instant(at: datetime) -> None:
    """A message's stamp and its instant are the same thing, to the microsecond."""
    assert at_of(ts_at(at)) == at


def test_a_button_carries_its_channel() -> None:
    """A button shown outside its channel names it when it is pressed; other blocks stay as they are."""
    text, row = addressed([{"type": "rich_text"}, {"type": "actions"}], "C1")
    assert text == {"type": "rich_text"}
    assert channel_of(row["block_id"]) == "C1"
    assert channel_of("b7") is None


def test_a_direct_message_knows_its_group() -> None:
    """Where a direct message stands tells both the conversation and the group that it is about."""
    group = Place("slack", "T1", "C1")
    assert conversation_of(direct_place(group, "D1")) == ("D1", "C1")
    assert conversation_of(group) == ("C1", None)


def test_what_was_seen_is_forgotten_in_order() -> None:
    """A key is first once; the oldest keys are let go."""
    seen = Seen()
    assert seen.first("a")
    assert not seen.first("a")
    for number in range(MOST_KEPT):
        seen.first(str(number))
    assert seen.first("a")
