from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.domain.review import Review
from bot.domain.variant import thin
from bot.errors import ChatRefused, Refusal
from bot.infra.redis.keys import Keys
from bot.ports import Where
from bot.usecases import owed
from bot.usecases.members import manage_self
from bot.usecases.recover import sweep
from bot.usecases.send_direct import send_direct
from bot.views import notices
from tests.usecases.study import HOUR, MINUTE, MONDAY, Study, bank, text_of
from tests.usecases.varying import DAY, TRY, asked, owed_at, put, ready, send, told, variant, weak


async def test_a_variant_comes_back_privately(judged: Study) -> None:
    """A week to ten days after weak feedback its member is sent one variant, in a message that nobody else sees."""
    await weak(judged)
    review = await judged.ports.answers.review(await judged.group_id(), MONDAY, judged.id("ben"))
    assert isinstance(review, Review)
    section = thin(review)
    assert section is not None
    before = len(judged.standing(Where.THREAD))
    await judged.advance(7 * DAY - MINUTE)
    assert put(judged) == []
    await judged.advance(4 * DAY)
    (message,) = put(judged)
    assert 7 * DAY <= message.at - review.made_at <= 10 * DAY
    question = await asked(judged)
    short = bank().framework.section(section.key).short
    assert question.title in message.text
    assert f"Your {short} was thin" in message.text
    assert any(change in message.text for change in question.variants)
    assert len(judged.standing(Where.THREAD)) == before
    assert put(judged, "asha") == []


async def test_two_in_seven_days_at_most(judged: Study) -> None:
    """Whoever is weak every day gets two in any seven days, and each comes 7 to 10 days after its feedback."""
    for _ in range(14):
        if (await judged.post()).is_open(judged.clock.now()):
            await judged.say("ben")
        await judged.advance(DAY)
    await judged.advance(12 * DAY)
    at = [message.at for message in put(judged)]
    assert len(at) > 3
    assert all(third - first >= 7 * DAY for first, third in zip(at, at[2:], strict=False))
    group_id = await judged.group_id()
    for post in await judged.posts():
        kept = await judged.ports.variants.get(group_id, post.day, judged.id("ben"))
        assert kept is None or (kept.asked_at is not None and 7 * DAY <= kept.asked_at - kept.thin_at <= 10 * DAY)


@pytest.mark.parametrize("stop", ["press", "command", "before"])
async def test_one_tap_stops_them(judged: Study, stop: str) -> None:
    """Whoever stopped them, by button or command, before an answer or after it, gets none; the card says how."""
    if stop == "before":
        await judged.command("ben", "/tpm-me probes off")
    await weak(judged, "ben", "cleo")
    if stop == "press":
        shown = text_of(await judged.press("ben", "probes-off"))
        assert "Five-minute questions: off" in shown
    elif stop == "command":
        await judged.command("ben", "/tpm-me probes off")
    await judged.advance(11 * DAY)
    assert (put(judged), len(put(judged, "cleo"))) == ([], 1)
    assert await variant(judged) is None
    with pytest.raises(Refusal, match="probes on or probes off"):
        await judged.command("ben", "/tpm-me probes maybe")


async def test_it_comes_when_it_was_wished_for(judged: Study) -> None:
    """It comes at the member's own reminder time, and in the day for who has none, never in quiet hours."""
    await judged.command("ben", "/tpm-me reminders 18:45")
    await judged.command("cleo", "/tpm-me quiet 06:00-21:00")
    await weak(judged, "ben", "cleo", "dara")
    await judged.advance(11 * DAY)
    paris = ZoneInfo("Europe/Paris")
    (ben,), (cleo,), (dara,) = (put(judged, name) for name in ("ben", "cleo", "dara"))
    assert f"{ben.at.astimezone(paris):%H:%M}" == "18:45"
    assert cleo.at.astimezone(paris).hour in {21, 22, 23, 0, 1, 2, 3, 4, 5}
    assert 9 <= dara.at.astimezone(paris).hour < 20


async def test_a_late_one_keeps_quiet_hours(judged: Study) -> None:
    """One that fell due while the bot was away does not come at night."""
    await weak(judged)
    kept = await variant(judged)
    assert kept is not None
    await judged.until(kept.due_at - MINUTE)
    judged.sleep(kept.due_at.replace(hour=23, minute=30) - judged.clock.now())
    await judged.settle()
    assert put(judged) == []
    await judged.advance(9 * HOUR)
    (message,) = put(judged)
    assert f"{message.at:%H:%M}" == "07:00"


async def test_not_while_away(judged: Study) -> None:
    """It waits for a member who is away, and is dropped when they come back later than the tenth day."""
    await judged.command("ben", "/tpm-me away 2026-11-30 2026-12-01")
    await judged.command("cleo", "/tpm-me away 2026-11-30 2026-12-04")
    await weak(judged, "ben", "cleo")
    await judged.advance(14 * DAY)
    (message,) = put(judged)
    assert message.at.date() == date(2026, 12, 2)
    assert put(judged, "cleo") == []
    assert await variant(judged, "cleo") is None


async def test_it_takes_its_place_in_the_day(judged: Study) -> None:
    """A day that has its direct messages already leaves the variant to the next day, and the week is not charged."""
    await weak(judged)
    kept = await variant(judged)
    assert kept is not None
    await judged.until(kept.due_at - MINUTE)
    for number in range(2):
        note = notices.notice(notices.FORGET_CANCELLED)
        await send_direct(judged.ports, await judged.group(), judged.id("ben"), "notice", f"{number}|x", note)
    await judged.advance(2 * MINUTE)
    assert put(judged) == []
    await judged.advance(DAY)
    (message,) = put(judged)
    assert message.at == kept.due_at + DAY
    places = await judged.store.client.call("HKEYS", Keys.outbox(await judged.group_id()))
    assert sum(b"variant-place" in each for each in places) == 1


async def test_without_a_model_there_is_none(opened: Study) -> None:
    """Where no model judges nobody was found weak, and no variant is owed."""
    await weak(opened)
    await opened.advance(11 * DAY)
    assert (put(opened), await variant(opened)) == ([], None)


async def test_who_is_no_longer_weak_gets_none(judged: Study) -> None:
    """When newer feedback finds no thin section the variant is dropped; with another thin one it is about that."""
    await weak(judged, "ben", "cleo")
    group_id = await judged.group_id()
    for name, better in (("ben", {"s1", "s2", "s3", "s4"}), ("cleo", {"s3", "s4"})):
        made = await judged.ports.answers.review(group_id, MONDAY, judged.id(name))
        assert isinstance(made, Review)
        sections = tuple(replace(each, band=3) if each.key in better else each for each in made.sections)
        await judged.ports.answers.put_review(group_id, replace(made, sections=sections))
    await judged.advance(11 * DAY)
    assert put(judged) == []
    (message,) = put(judged, "cleo")
    assert f"Your {bank().framework.section('s1').short} was thin" in message.text


async def test_a_withdrawn_answer_takes_it_along(judged: Study) -> None:
    """When its answer is deleted, what was planned or put about it goes too, with the bot's messages."""
    said = await judged.said("ben")
    await judged.do(said)
    await judged.settle()
    await judged.advance(11 * DAY)
    await send(judged)
    await judged.settle()
    assert (len(put(judged)), len(told(judged))) == (1, 1)
    await judged.do(await judged.deleted(said))
    await judged.settle()
    assert (put(judged), told(judged), await variant(judged)) == ([], [], None)


async def test_it_is_exported_and_forgotten(judged: Study) -> None:
    """The export holds it, and forget me erases it, its messages and what is owed of it."""
    await ready(judged)
    await send(judged)
    await judged.settle()
    member = await judged.member("ben")
    assert member is not None
    (kept,) = (await manage_self.everything(judged.ports, await judged.group(), member))["variants"]
    assert (kept["text"], kept["day"]) == (TRY, MONDAY.isoformat())
    await judged.press("ben", "forget-now")
    assert (put(judged), told(judged), await variant(judged), await owed_at(judged)) == ([], [], None, None)


async def test_who_is_forgotten_before_gets_none(judged: Study) -> None:
    """A planned one of a member who was forgotten leaves no work and no record."""
    await weak(judged)
    assert await owed_at(judged) is not None
    await judged.press("ben", "forget-now")
    assert (await variant(judged), await owed_at(judged)) == (None, None)
    await judged.advance(11 * DAY)
    assert put(judged) == []


async def test_whoever_takes_no_direct_messages_is_left_alone(judged: Study) -> None:
    """A member whom the platform does not let us write to is tried once, and nobody is told of a failure."""
    judged.chat.fail("send", ChatRefused("no direct messages"), times=9, where=Where.DIRECT)
    await weak(judged)
    await judged.advance(11 * DAY)
    kept = await variant(judged)
    assert kept is not None
    assert kept.asked_at is not None
    assert len(await judged.ports.jobs.dead()) == 0


async def test_what_was_lost_is_owed_again(judged: Study) -> None:
    """When the agenda forgot them, the sweep owes again what is to be put, and what was answered and not judged."""
    await weak(judged)
    due = await owed_at(judged)
    await judged.ports.jobs.drop(owed.variant(await judged.group_id(), MONDAY, judged.id("ben")))
    await sweep(judged.ports)
    assert await owed_at(judged) == due
    await judged.advance(11 * DAY)
    await sweep(judged.ports)
    assert await owed_at(judged) is None
    await send(judged)
    await judged.ports.jobs.drop(owed.variant(await judged.group_id(), MONDAY, judged.id("ben")))
    await sweep(judged.ports)
    await judged.settle()
    assert len(told(judged)) == 1
