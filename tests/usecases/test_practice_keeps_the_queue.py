from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import pytest

from bot.domain.post import PostState
from bot.errors import Refusal
from bot.infra.library import FileLibrary
from tests.usecases.study import HOUR, MONDAY, Study, bank, card

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def only(ids: Collection[str]) -> FileLibrary:
    """The packaged library with these questions alone."""
    library = bank()
    kept = {key: question for key, question in library.questions.items() if key in ids}
    return FileLibrary(library.framework, kept, library.facts, library.topics)


def levels(ids: Collection[str]) -> set[int]:
    """The levels of these questions."""
    return {bank().questions[each].level for each in ids}


async def queued(study: Study) -> list[str]:
    """The questions of the queue, the next one first."""
    rows = card(await study.command("asha", "/tpm-admin queue")).data["queue"]
    return [row["question"] for row in rows if row["question"]]


async def practised(study: Study, line: str, tries: int = 12) -> set[str]:
    """What a member is given in so many tries, a second apart; the draw goes by the clock."""
    given = set()
    for _ in range(tries):
        given.add(card(await study.command("ben", f"/tpm-question {line}")).data["question"])
        study.sleep(SECOND)
    return given


async def test_practice_gives_nothing_of_the_queue(study: Study) -> None:
    """In each topic and level of the queue, a member is given only what the group is not about to be asked."""
    coming = await queued(study)
    for question_id in coming[:4]:
        question = study.ports.library.questions[question_id]
        given = await practised(study, question.topic)
        assert given.isdisjoint(coming)
        another = card(await study.press("ben", f"practice:{question.topic}:{next(iter(given))}"))
        assert another.data["question"] not in coming
        assert (await practised(study, f"level={question.level}")).isdisjoint(coming)


async def test_practice_may_give_what_was_posted(study: Study) -> None:
    """With a bank of three, all planned, a question is given once it was posted and is not the newest."""
    ids = sorted(key for key, each in bank().questions.items() if each.topic == "evals")[:3]
    study.changed(library=only(ids))
    await study.advance(2 * HOUR + DAY)
    posts = [post.question_id for post in await study.posts() if post.state is PostState.SENT]
    assert await practised(study, "evals") == {posts[0]}


async def test_what_is_kept_for_the_group_is_said(study: Study) -> None:
    """When all that fits is about to be asked, nothing is given and the member hears why and what to try."""
    ids = sorted(key for key, each in bank().questions.items() if each.topic == "evals")[:3]
    study.changed(library=only(ids))
    with pytest.raises(Refusal, match=r"left for evals will be asked here.*Try another topic or level\."):
        await study.command("ben", "/tpm-question evals")
    with pytest.raises(Refusal, match="will be asked here in the next weeks"):
        await study.press("ben", f"practice:evals:{ids[0]}")
    with pytest.raises(Refusal, match="The bank has no question for evals and level"):
        await study.command("ben", f"/tpm-question evals {({1, 2, 3} - levels(ids)).pop()}")


async def test_a_pin_far_ahead_is_kept_too(study: Study) -> None:
    """A question that a facilitator put on a date beyond the queue is not given either, until that date is over."""
    topic = "evals"
    coming = await queued(study)
    first, second = [
        key for key, each in sorted(bank().questions.items()) if each.topic == topic and key not in coming
    ][:2]
    study.changed(library=only([*(key for key in coming if bank().questions[key].topic != topic), first, second]))
    await study.command("asha", f"/tpm-admin queue pin {first} {MONDAY + 98 * DAY}")
    await study.command("asha", f"/tpm-admin queue pin {second} {MONDAY + 105 * DAY}")
    with pytest.raises(Refusal, match="will be asked here in the next weeks"):
        await study.command("ben", f"/tpm-question {topic}")


async def test_a_paused_group_keeps_its_questions(study: Study) -> None:
    """While a group is paused, what it would be asked next is kept all the same."""
    coming = await queued(study)
    await study.command("asha", "/tpm-admin pause")
    given = await practised(study, bank().questions[coming[0]].topic)
    assert coming[0] not in given


async def test_a_practice_draw_is_no_part_of_the_plan(study: Study) -> None:
    """Practising changes nothing of what the group is asked."""
    before = await queued(study)
    await practised(study, "evals", tries=3)
    assert await queued(study) == before
