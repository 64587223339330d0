from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.post import PostState
from bot.errors import Refusal
from bot.infra.redis.store import Store
from bot.ports import Where
from bot.usecases.recover import sweep
from tests.usecases.study import HOUR, MINUTE, MONDAY, Study, card, studying, text_of

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NUUK_GAP = date(2026, 3, 28)
"""Clocks in Nuuk go from 23:00 to 24:00 on that Saturday."""


async def days(study: Study) -> list[date]:
    return [post.day for post in await study.posts() if post.state is PostState.SENT]


async def test_a_skipped_date_gets_no_question(study: Study) -> None:
    """The next date is skipped, the one after it is posted, and the skipped one leaves no trace in the streak."""
    reply = card(await study.command("asha", "/tpm-admin skip"))
    assert reply.data["skipped"] == str(MONDAY)
    assert reply.data["next"][0] == str(TUESDAY)
    await study.advance(DAY + 2 * HOUR)
    assert await days(study) == [TUESDAY]


async def test_a_date_ahead_can_be_skipped(study: Study) -> None:
    """A named date is skipped, and the question before it stays open up to 36 hours."""
    await study.command("asha", "/tpm-admin skip 2026-11-24")
    await study.advance(2 * DAY + 2 * HOUR)
    assert await days(study) == [MONDAY, WEDNESDAY]
    assert (await study.post(MONDAY)).closes_at == NINE + timedelta(hours=36)


@pytest.mark.parametrize("value", ["2026-11-23", "2026-11-28", "2020-01-01"])
async def test_only_a_planned_date_can_be_skipped(study: Study, value: str) -> None:
    """A date that is posted, has no question by its weekday, or is over cannot be skipped."""
    await study.advance(HOUR)
    with pytest.raises(Refusal, match=r"nothing to skip\. Give .* such as 2026-11-24\. Nothing was changed\.$"):
        await study.command("asha", f"/tpm-admin skip {value}")


async def test_a_skip_without_schedule_is_refused(study: Study) -> None:
    """In a paused group there is nothing to skip."""
    await study.command("asha", "/tpm-admin pause")
    with pytest.raises(Refusal, match=r"Nothing is scheduled.*Nothing was changed\.$"):
        await study.command("asha", "/tpm-admin skip")


async def test_a_paused_group_gets_no_question(study: Study) -> None:
    """Nothing is posted, missed or told of while a group is paused; resumed, it goes on at the next time."""
    await study.command("asha", "/tpm-admin pause")
    await study.advance(2 * DAY)
    await sweep(study.ports)
    await study.settle()
    assert (await study.posts(), study.direct("asha")) == ([], [])
    reply = card(await study.command("asha", "/tpm-admin resume"))
    assert reply.data["next"][0] == str(WEDNESDAY)
    await study.advance(2 * HOUR)
    assert await days(study) == [WEDNESDAY]


async def test_a_time_that_passed_while_paused_stays_passed(study: Study) -> None:
    """A group that is resumed two hours after its time gets the next question on the next date, sweeps or not."""
    await study.command("asha", "/tpm-admin pause")
    study.sleep(3 * HOUR)
    reply = card(await study.command("asha", "/tpm-admin resume"))
    await sweep(study.ports)
    await study.settle()
    assert reply.data["next"][0] == str(TUESDAY)
    assert await days(study) == []


async def test_a_time_moved_into_the_past_is_no_outage(study: Study) -> None:
    """A schedule moved to a time that has passed begins on the next date, sweeps or not."""
    study.sleep(30 * MINUTE)
    await study.command("asha", "/tpm-admin schedule at=07:30")
    await sweep(study.ports)
    await study.advance(2 * HOUR)
    assert await days(study) == []
    await study.advance(DAY)
    assert await days(study) == [TUESDAY]
    assert "Posted late" not in study.standing(Where.CHANNEL)[0].text


async def test_a_schedule_moved_before_its_post_moves_the_post(study: Study) -> None:
    """A post that is not yet out comes at the new time."""
    await study.command("asha", "/tpm-admin schedule at=14:00")
    await study.advance(2 * HOUR)
    assert await days(study) == []
    await study.advance(4 * HOUR)
    assert (await study.post()).opened_at == NINE + 5 * HOUR


async def test_a_schedule_moved_after_its_post_gives_no_second_one(study: Study) -> None:
    """A date that has its question gets no other when the time is moved later that day."""
    await study.advance(HOUR)
    reply = card(await study.command("asha", "/tpm-admin schedule at=14:00"))
    assert "A question that is posted already stays; no day gets two." in reply.plain
    assert reply.data["next"][0] == str(TUESDAY)
    await study.advance(DAY)
    assert await days(study) == [MONDAY]
    await study.advance(5 * HOUR)
    assert await days(study) == [MONDAY, TUESDAY]


async def test_days_can_be_changed(study: Study) -> None:
    """A question comes on the new weekdays only."""
    await study.command("asha", "/tpm-admin schedule days=wed,sun")
    await study.advance(7 * DAY)
    assert await days(study) == [WEDNESDAY, date(2026, 11, 29)]


@pytest.mark.parametrize(
    ("zone", "second_at"),
    [("Asia/Tokyo", datetime(2026, 11, 24, 0, 0, tzinfo=UTC)), ("America/New_York", NINE + DAY + 6 * HOUR)],
)
async def test_a_changed_zone_gives_no_date_two_questions(study: Study, zone: str, second_at: datetime) -> None:
    """After a move east or west the next date's question comes at the group's time there, and no date has two."""
    await study.advance(2 * HOUR)
    await study.command("asha", f"/tpm-admin schedule zone={zone}")
    await study.advance(DAY + 12 * HOUR)
    posts = await study.posts()
    assert [post.day for post in posts] == [MONDAY, TUESDAY]
    assert posts[1].opened_at == second_at


async def test_a_late_post_waits_for_its_new_zone(study: Study) -> None:
    """A post that was due and not yet out when the zone moved west comes at its time there, not as a late one."""
    study.sleep(2 * HOUR)
    await study.command("asha", "/tpm-admin schedule zone=America/New_York")
    await study.settle()
    assert await days(study) == []
    await study.advance(5 * HOUR)
    assert await days(study) == [MONDAY]
    assert "Posted late" not in study.standing(Where.CHANNEL)[0].text


async def test_a_wrong_schedule_changes_nothing(study: Study) -> None:
    """A change that names a wrong zone, time or day is refused whole."""
    for wrong in ("at=14:00 zone=Europe/Pariss", "at=25:00", "at=14:00 days=noday"):
        with pytest.raises(Refusal):
            await study.command("asha", f"/tpm-admin schedule {wrong}")
    assert (await study.group()).schedule.at.hour == 9


async def test_a_post_whose_hour_is_carried_past_midnight_is_posted(store: Store, tmp_path: Path) -> None:
    """Where the clock skips the last hour of a date, its 23:30 post comes in the first hour of the next, as its own."""
    start = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    setup = "zone=America/Nuuk at=23:30 days=daily"
    async with studying(store, tmp_path, start=start, setup=setup) as study:
        await study.advance(2 * HOUR)
        post = await study.post()
        assert (post.day, post.opened_at) == (NUUK_GAP, datetime(2026, 3, 29, 1, 30, tzinfo=UTC))
        await study.advance(DAY)
        assert await days(study) == [NUUK_GAP, NUUK_GAP + DAY]


async def test_that_post_may_still_be_late(store: Store, tmp_path: Path) -> None:
    """Such a post is made up for within three hours, on the date that it was carried to."""
    start = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    async with studying(store, tmp_path, start=start, setup="zone=America/Nuuk at=23:30 days=daily") as study:
        study.sleep(4 * HOUR)
        await study.settle()
        assert (await study.post()).state is PostState.SENT
        assert "Posted late" in study.standing(Where.CHANNEL)[0].text


async def test_doctor_says_when_the_next_question_comes(study: Study) -> None:
    """The doctor names each check and the next question."""
    text = text_of(await study.command("asha", "/tpm-admin doctor"))
    assert "Redis" in text
    assert "Next question: " in text
