from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.post import PostState
from bot.errors import Refusal
from bot.infra.redis.store import Store
from bot.ports import Where
from bot.usecases import owed
from bot.usecases.posting import post_question
from bot.usecases.work import Then
from tests.contract.store_case import round_trips
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, Study, card, studying, text_of, without_questions

TUESDAY = date(2026, 11, 24)
THURSDAY = date(2026, 11, 26)
NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_the_question_comes_on_time(study: Study) -> None:
    """At the group's time the question stands in the channel, open until the next one, and the next one is owed."""
    await study.advance(HOUR)
    post = await study.post()
    assert (post.day, post.state, post.opened_at) == (MONDAY, PostState.SENT, NINE)
    assert post.closes_at == NINE + DAY
    (message,) = study.standing(Where.CHANNEL)
    assert "Posted late" not in message.text
    assert await study.ports.jobs.owed(owed.post(await study.group_id(), TUESDAY)) == NINE + DAY


async def test_a_post_costs_few_round_trips(study: Study) -> None:
    """Redis is asked nine times for a post, its sending and all that follows it, however many members there are."""
    for number in range(9):
        await study.command(f"member{number}", "/tpm-me reminders 18:00")
    study.sleep(HOUR)
    job = owed.post(await study.group_id(), MONDAY)
    async with round_trips(study.store, 9):
        outcome = await post_question.run(study.ports, job)
    assert outcome == Then(owed.post(job.group_id, TUESDAY), NINE + DAY)
    assert (await study.post()).state is PostState.SENT


async def test_a_post_within_three_hours_is_late(study: Study) -> None:
    """A bot that comes back within three hours of the time posts and says that it is late."""
    study.sleep(HOUR + timedelta(hours=3))
    await study.settle()
    (message,) = study.standing(Where.CHANNEL)
    assert "Posted late: I was not running at the usual time." in message.text
    assert (await study.post()).closes_at == NINE + DAY


async def test_a_post_after_three_hours_is_missed(study: Study) -> None:
    """After three hours the day is recorded as missed, the facilitator is told once, and the next one is owed."""
    study.sleep(HOUR + timedelta(hours=3, seconds=1))
    await study.settle()
    await study.restart()
    await study.settle()
    assert (await study.post()).state is PostState.MISSED
    assert study.standing(Where.CHANNEL) == []
    assert len(study.direct("asha")) == 1
    assert "No question was posted on Mon 23 Nov: I was not running" in study.direct("asha")[0]
    await study.advance(DAY)
    assert [post.day for post in await study.posts()] == [MONDAY, TUESDAY]
    assert "Posted late" not in study.standing(Where.CHANNEL)[0].text


async def test_a_post_is_not_made_up_for_on_the_next_date(store: Store, tmp_path: Path) -> None:
    """Past midnight of the group's date the day is missed, also within the three hours."""
    async with studying(store, tmp_path, setup="zone=Europe/Paris at=23:00 days=daily") as study:
        study.sleep(timedelta(hours=16, minutes=1))
        await study.settle()
        assert (await study.post()).state is PostState.MISSED


async def test_an_outage_of_three_days_is_told_once(study: Study) -> None:
    """Three missed days are recorded one by one, told of in one message, and no old question comes."""
    study.sleep(3 * DAY - HOUR)
    await study.settle()
    assert [post.state for post in await study.posts()] == [PostState.MISSED] * 3
    (told,) = study.direct("asha")
    assert "No question was posted from Mon 23 Nov to Wed 25 Nov" in told
    await study.advance(2 * HOUR)
    assert [message.card.data["day"] for message in study.standing(Where.CHANNEL) if message.card] == [str(THURSDAY)]


async def test_a_missed_day_is_neutral(study: Study) -> None:
    """A streak goes on over a missed day as if it had not been there."""
    await study.advance(HOUR)
    await study.say("ben")
    study.sleep(DAY + 4 * HOUR)
    await study.settle()
    await study.advance(DAY)
    await study.say("ben")
    assert (await study.streak("ben")).current == 2
    assert await study.marks("ben") == ["answered", "answered"]


async def test_the_question_of_a_missed_day_is_not_lost(study: Study) -> None:
    """The first question that members see is a warm-up, also when days were missed before it."""
    study.sleep(DAY)
    await study.settle()
    await study.advance(DAY + HOUR)
    sent = [post for post in await study.posts() if post.state is PostState.SENT]
    assert study.ports.library.questions[sent[0].question_id].level == 1


async def test_a_notice_that_was_not_said_is_said_after_a_crash(study: Study) -> None:
    """A bot that dies after it recorded a missed day and before it told of it tells when the work is done again."""
    study.sleep(HOUR + timedelta(hours=3, seconds=1))
    await study.settle()
    group_id = await study.group_id()
    study_id = study.id("asha")
    await study.ports.outbox.drop(group_id, f"notice:missed:{MONDAY}/{MONDAY}|{study_id}")
    await study.ports.jobs.add(owed.post(group_id, MONDAY), study.clock.now())
    await study.settle()
    assert len(study.direct("asha")) == 2


async def test_post_now_posts_at_once_and_takes_the_day(study: Study) -> None:
    """A question posted by hand is the one of its date: the scheduled one does not come, the next date's does."""
    reply = await study.command("asha", "/tpm-admin post-now")
    assert text_of(reply).startswith("Posted: ")
    post = await study.post()
    assert (post.opened_at, post.closes_at) == (study.clock.now(), NINE + DAY)
    await study.advance(DAY + HOUR)
    assert [post.day for post in await study.posts()] == [MONDAY, TUESDAY]


async def test_a_day_has_one_question(study: Study) -> None:
    """A second question on a date is refused, whether the first came by hand or by the schedule."""
    await study.advance(HOUR)
    with pytest.raises(Refusal, match="already posted, and a day has one question"):
        await study.command("asha", "/tpm-admin post-now")
    assert len(study.standing(Where.CHANNEL)) == 1


async def test_a_post_by_hand_on_a_free_day_closes_at_the_next_one(study: Study) -> None:
    """A question posted on a Saturday stays open for 36 hours, since the next comes later than that."""
    study.sleep(5 * DAY)
    await study.settle()
    await study.command("asha", "/tpm-admin post-now")
    post = await study.post()
    assert post.day == date(2026, 11, 28)
    assert post.closes_at == study.clock.now() + timedelta(hours=36)


async def test_a_missed_day_takes_no_post_by_hand(study: Study) -> None:
    """A day that is recorded as missed stays missed, and who tries to post is told when the next one comes."""
    study.sleep(6 * HOUR)
    await study.settle()
    with pytest.raises(Refusal, match="was missed, and the day is recorded so"):
        await study.command("asha", "/tpm-admin post-now")
    assert study.standing(Where.CHANNEL) == []


async def test_an_empty_bank_is_told_once(store: Store, tmp_path: Path) -> None:
    """Without a question nothing is posted, the facilitator hears it once, and the next day is tried again."""
    async with studying(store, tmp_path, library=without_questions()) as study:
        await study.advance(HOUR)
        await study.restart()
        await study.settle()
        assert study.direct("asha") == [
            "No question was posted on Mon 23 Nov: the bank has none that is ready. The day is neutral for streaks."
        ]
        with pytest.raises(Refusal, match="The bank has no question that is ready"):
            await study.command("asha", "/tpm-admin post-now")
        await study.advance(DAY)
        assert len(study.direct("asha")) == 2


async def test_facilitators_are_told_before_admins(study: Study) -> None:
    """When a facilitator is named, what goes wrong is told to them and no more to the admin."""
    await study.command("ben", "/tpm-streak")
    await study.command("asha", "/tpm-admin members ben")
    study.sleep(6 * HOUR)
    await study.settle()
    assert (len(study.direct("ben")), study.direct("asha")) == (1, [])


async def test_the_window_closes_when_the_next_question_comes(study: Study) -> None:
    """A question posted by hand before its time closes the one before it, and answers to that one are late then."""
    await study.advance(HOUR)
    study.sleep(DAY - HOUR + MINUTE)
    await study.command("asha", "/tpm-admin post-now")
    assert (await study.post(MONDAY)).closes_at == study.clock.now()
    await study.say("ben", ANSWER, day=MONDAY)
    assert (await study.answer("ben")) is not None
    assert await study.marks("ben") == ["open"]


async def test_the_preview_is_what_is_posted(study: Study) -> None:
    """The question that the preview shows is the one that comes, and to preview posts nothing."""
    preview = card(await study.command("asha", "/tpm-admin preview"))
    assert study.standing(Where.CHANNEL) == []
    await study.advance(HOUR)
    assert (await study.post()).question_id == preview.data["question"]
