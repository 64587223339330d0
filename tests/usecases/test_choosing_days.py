"""Which question a day gets: levels and topics, what facilitators decided, and a bank that runs dry."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pytest

from bot.domain.picks import Pick, Rule, Why
from bot.domain.post import PostState
from bot.domain.question import Question
from bot.errors import Refusal
from bot.infra.library import FileLibrary
from bot.infra.redis.store import Store
from bot.usecases.posting.choose_question import coming
from tests.usecases.study import HOUR, MINUTE, MONDAY, Study, bank, card, studying, text_of

DAY = timedelta(days=1)
TUESDAY = MONDAY + DAY
DAILY = "zone=Europe/Paris at=09:00 days=daily"


def some(*names: str) -> FileLibrary:
    """The packaged library with only these questions."""
    return FileLibrary(bank().framework, {name: bank().questions[name] for name in names}, bank().facts, bank().topics)


def of_level(level: int, count: int) -> list[str]:
    return list(islice((each.id for each in bank().questions.values() if each.level == level), count))


async def asked(study: Study) -> list[Question]:
    return [bank().questions[post.question_id] for post in await study.posts() if post.state is PostState.SENT]


async def test_only_the_levels_that_a_group_wants_are_asked(study: Study) -> None:
    """With levels set, each day's question has one of them, and the schedule says which."""
    reply = card(await study.command("asha", "/tpm-admin schedule levels=1,3"))
    assert "Levels: 1 warm-up, 3 stretch" in reply.plain
    await study.advance(7 * DAY)
    assert {question.level for question in await asked(study)} <= {1, 3}
    assert reply.data["levels"] == [1, 3]


async def test_only_the_topics_that_a_group_wants_are_asked(study: Study) -> None:
    """With topics set, each question has one of them, as its main topic or beside; all takes that back."""
    await study.command("asha", "/tpm-admin schedule topics=rag,agent")
    await study.advance(7 * DAY)
    for question in await asked(study):
        assert {"rag-systems", "agent-systems"} & {question.topic, *question.also}
    assert "Topics" not in text_of(await study.command("asha", "/tpm-admin schedule topics=all"))


@pytest.mark.parametrize(("wish", "words"), [("topics=cooking", "no topic"), ("levels=7", "Write 1 .warm-up.")])
async def test_a_wish_for_what_is_not_there_changes_nothing(study: Study, wish: str, words: str) -> None:
    """A topic or a level that there is not is refused, and the group stays as it was."""
    before = await study.group()
    with pytest.raises(Refusal, match=words):
        await study.command("asha", f"/tpm-admin schedule {wish}")
    assert await study.group() == before


async def test_facilitators_hear_two_days_before_that_the_bank_runs_dry(store: Store, tmp_path: Path) -> None:
    """Two posts before all were asked the facilitator is told from when questions come again; no day is skipped."""
    names = of_level(1, 4)
    async with studying(store, tmp_path, library=some(*names), setup=DAILY) as study:
        await study.advance(2 * DAY + HOUR + MINUTE)
        told = f"From Fri {MONDAY.day + 4} Nov on, {(await study.group()).name} has no question left"
        assert [text.partition(" that was")[0] for text in study.direct("asha")] == [told]
        await study.advance(6 * DAY)
        assert len(study.direct("asha")) == 1
        questions = [question.id for question in await asked(study)]
        assert len(questions) == 9
        assert set(questions[:4]) == set(names)


async def test_levels_that_run_dry_are_told_and_the_rest_is_asked(store: Store, tmp_path: Path) -> None:
    """When no question fits any more the facilitator hears it, and the days go on with other questions."""
    names = [*of_level(1, 3), *of_level(2, 4)]
    async with studying(store, tmp_path, library=some(*names), setup=DAILY) as study:
        await study.command("asha", "/tpm-admin schedule levels=1")
        await study.advance(6 * DAY)
        assert [question.level for question in await asked(study)] == [1, 1, 1, 2, 2, 2]
        first = study.direct("asha")[0]
        assert "From Thu 26 Nov on" in first
        assert "fits its levels and topics" in first


async def test_levels_that_fit_nothing_are_told_at_once(store: Store, tmp_path: Path) -> None:
    """A wish that no question meets is told when it is made, and the day is posted all the same."""
    async with studying(store, tmp_path, library=some(*of_level(1, 3)), setup=DAILY) as study:
        await study.command("asha", "/tpm-admin schedule levels=3")
        await study.advance(HOUR + MINUTE)
        assert study.direct("asha")[0].startswith("From Mon 23 Nov on")
        assert len(await asked(study)) == 1


async def test_what_a_facilitator_decided_is_posted(study: Study) -> None:
    """A pick in the queue is the question of its day, is chosen for no other day, and two looks agree on the rest."""
    name = (await coming(study.ports, await study.group(), 1))[0].pick
    assert name is not None
    await pin(study, TUESDAY, name.question_id)
    seen = [each.pick for each in await coming(study.ports, await study.group(), 5)]
    await study.advance(5 * DAY)
    posts = [post.question_id for post in await study.posts()]
    assert posts == [pick.question_id for pick in seen if pick]
    assert posts[1] == name.question_id


async def test_a_decided_question_that_is_gone_is_replaced(study: Study) -> None:
    """A day whose decided question is no longer in the bank gets the plain choice, not nothing."""
    await pin(study, MONDAY, "no-such-question")
    await study.advance(HOUR + MINUTE)
    assert len(await asked(study)) == 1


async def test_a_post_by_hand_is_what_the_preview_shows(store: Store, tmp_path: Path) -> None:
    """Posted on a day without a question, it is the one that was previewed for the next date."""
    async with studying(store, tmp_path, setup="zone=Europe/Paris at=09:00 days=tue-fri") as study:
        preview = card(await study.command("asha", "/tpm-admin preview"))
        await study.command("asha", "/tpm-admin post-now")
        assert [question.id for question in await asked(study)] == [preview.data["question"]]


async def pin(study: Study, day: date, name: str) -> None:
    await study.ports.queue.put(await study.group_id(), [Pick(day, name, Why(Rule.PINNED))])
