"""A week by need: proposed the day before, approved with one press; else the plain choice goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.cards import Card
from bot.domain.group import MemberId
from bot.domain.question import HEART
from bot.domain.review import Review, SectionReview
from bot.errors import Refusal
from bot.ports import Where
from bot.usecases import owed
from bot.usecases.posting.choose_question import coming
from tests.reviews import a_review
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, Study, bank, card

DAY = timedelta(days=1)
NEXT = MONDAY + 7 * DAY
PEOPLE = ("ben", "chen", "dara")
WEAK = "s6"


def banded(member_id: MemberId, day: date, name: str, *, weak: str) -> Review:
    """A review that found `weak` hardly there and all else strong."""
    sections = tuple(
        SectionReview(key=key, title=key, weight=weight, band=1 if key == weak else 3)
        for key, weight in bank().questions[name].emphasis.items()
    )
    return replace(a_review(), member_id=member_id, day=day, question_id=name, version=1, sections=sections)


async def a_week(study: Study, *, weak: str = WEAK) -> None:
    """Monday to Friday: three people answer each day, and all are weak in one section."""
    await study.advance(HOUR + MINUTE)
    for _ in range(5):
        post = await study.post()
        for name in PEOPLE:
            await study.say(name, ANSWER)
        await study.settle()
        for name in PEOPLE:
            review = banded(study.id(name), post.day, post.question_id, weak=weak)
            await study.ports.answers.put_review(await study.group_id(), review)
        await study.advance(DAY)


def proposals(study: Study, name: str = "asha") -> list[Card]:
    found = [message.card for message in study.standing(Where.DIRECT, name) if message.card]
    return [each for each in found if each.kind == "week"]


async def test_a_week_by_need_is_proposed_the_day_before(study: Study) -> None:
    """What the group was weak in is told once to who runs it, with a question for each day and the reason of each."""
    await a_week(study)
    assert proposals(study) == []
    await study.advance(DAY)
    (shown,) = proposals(study)
    assert [row["day"] for row in shown.data["picks"]] == [str(NEXT + n * DAY) for n in range(5)]
    assert "need" in {row["rule"] for row in shown.data["picks"]}
    assert "your group was weak in Metrics: 0 of " in shown.plain
    assert "answers at 3 or more" in shown.plain
    assert proposals(study, "ben") == []


async def test_an_approved_week_is_posted(study: Study) -> None:
    """After one press the days get what was proposed, also when the press comes twice."""
    await a_week(study)
    await study.advance(DAY)
    (shown,) = proposals(study)
    for _ in range(2):
        reply = card(await study.press("asha", shown.buttons[0].action))
        assert reply.data["approved"]
    await study.advance(5 * DAY)
    wanted = [row["question"] for row in shown.data["picks"]]
    assert [post.question_id for post in (await study.posts())[5:]] == wanted
    assert any(bank().questions[name].emphasis[WEAK] == HEART for name in wanted)


async def test_a_week_that_nobody_approves_is_plain(study: Study) -> None:
    """Without a press each day has a question, the one that would have come anyway."""
    await a_week(study)
    plain = [each.pick.question_id for each in await coming(study.ports, await study.group(), 5) if each.pick]
    await study.advance(6 * DAY)
    assert len(proposals(study)) == 1
    assert [post.question_id for post in (await study.posts())[5:]] == plain


async def test_only_those_who_run_the_group_approve(study: Study) -> None:
    """A member cannot approve a week, whatever button they bring."""
    await a_week(study)
    await study.advance(DAY)
    with pytest.raises(Refusal, match="Only a facilitator"):
        await study.press("ben", proposals(study)[0].buttons[0].action)
    assert await study.ports.queue.picks(await study.group_id()) == {}


async def test_a_week_that_is_over_cannot_be_approved(study: Study) -> None:
    """A press on an old proposal changes nothing, and says so."""
    await a_week(study)
    await study.advance(DAY)
    (shown,) = proposals(study)
    await study.advance(7 * DAY)
    with pytest.raises(Refusal, match="Nothing of that week is left"):
        await study.press("asha", shown.buttons[0].action)
    with pytest.raises(Refusal, match="no longer does anything"):
        await study.press("asha", f"week:{NEXT + 70 * DAY}")


async def test_a_strong_group_is_not_disturbed(study: Study) -> None:
    """Where nothing is weak nothing is proposed."""
    await a_week(study, weak="none")
    await study.advance(DAY)
    assert proposals(study) == []


async def test_a_proposal_is_made_once(study: Study) -> None:
    """Work that is done again after a crash proposes the same week, in the same one message."""
    await a_week(study)
    await study.advance(DAY)
    before = proposals(study)
    await study.ports.jobs.add(owed.propose(await study.group_id(), NEXT), study.clock.now())
    await study.settle()
    assert proposals(study) == before
