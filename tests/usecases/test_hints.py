from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.hint import hints_of
from bot.domain.judge import with_framework_points
from bot.domain.question import Question
from bot.errors import Refusal
from bot.infra.redis.store import Store
from bot.ports import Where
from bot.usecases.members import manage_self
from bot.views.answering import hint_card
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, Study, bank, card, form, studying, text_of

QUESTIONS = bank().questions


async def asked(study: Study) -> Question:
    return QUESTIONS[(await study.post()).question_id]


@pytest.fixture
async def sealed(store: Store, tmp_path: Path) -> AsyncIterator[Study]:
    """A sealed group with its question open."""
    async with studying(store, tmp_path, setup="mode=sealed") as study:
        await study.advance(HOUR + MINUTE)
        yield study


async def test_three_hints_come_one_by_one_and_privately(opened: Study) -> None:
    """The question has a button for a hint; each hint adds one, three in all, shown to that member alone."""
    question = await asked(opened)
    posted = opened.standing(Where.CHANNEL)[0].card
    assert posted is not None
    (button,) = [each for each in posted.buttons if each.label == "Hint"]
    shown = card(await opened.press("ben", button.action))
    section = hints_of(question, bank().framework).section
    assert shown.plain.startswith(f"Hint 1 of 3: Most of the weight is on {section.short}")
    for number in (2, 3):
        (button,) = shown.buttons
        shown = card(await opened.press("ben", button.action))
        assert shown.plain.count("Hint ") == number
    assert shown.buttons == ()
    assert any(probe.ask in shown.plain for probe in question.probes)
    assert len(opened.standing(Where.CHANNEL)) == 1
    assert opened.standing(Where.THREAD) == opened.standing(Where.DIRECT) == []


async def test_a_press_that_comes_twice_counts_once(opened: Study) -> None:
    """Pressing again shows what was seen and adds nothing; nobody skips a hint by a made-up button."""
    await opened.press("ben", f"hint:{MONDAY}:3")
    first = text_of(await opened.press("ben", f"hint:{MONDAY}"))
    assert first.count("Hint ") == 1
    await opened.press("ben", f"hint:{MONDAY}:2")
    await opened.press("ben", f"hint:{MONDAY}:2")
    assert await opened.ports.hints.seen(await opened.group_id(), MONDAY, opened.id("ben")) == 2
    for made_up in (f"hint:{MONDAY}:9", f"hint:{MONDAY}:-1"):
        assert text_of(await opened.press("ben", made_up)).count("Hint ") == 2
    for made_up in ("hint:", "hint:x", "hint:2026-11-22"):
        with pytest.raises(Refusal, match=r"no longer does anything|No question has been posted"):
            await opened.press("ben", made_up)


async def test_the_count_is_seen_by_the_member_alone(opened: Study) -> None:
    """The full feedback says how many hints were used, to that member; the thread and others' feedback do not."""
    for level in (1, 2):
        await opened.press("ben", f"hint:{MONDAY}:{level}")
    for name in ("ben", "cleo"):
        await opened.say(name)
    await opened.settle()
    assert "2 hints used." in text_of(await opened.command("ben", "/tpm-feedback"))
    assert "used." not in text_of(await opened.command("cleo", "/tpm-feedback"))
    assert not [message for message in opened.standing(Where.THREAD) if "hints used" in message.text]


async def test_who_has_answered_gets_no_hints(opened: Study) -> None:
    """After the answer there are no hints, and today's question offers none; before it does."""
    assert "Hint" in [button.label for button in card(await opened.command("ben", "/tpm-question")).buttons]
    await opened.say("ben")
    with pytest.raises(Refusal, match="Your answer is in"):
        await opened.press("ben", f"hint:{MONDAY}")
    assert "Hint" not in [button.label for button in card(await opened.command("ben", "/tpm-question")).buttons]


async def test_hints_of_a_sealed_question_stay_private(sealed: Study) -> None:
    """In a sealed group a hint is shown to the one who pressed, and nothing of it stands in thread or channel."""
    before = len(sealed.room.standing())
    text = text_of(await sealed.press("ben", f"hint:{MONDAY}"))
    assert text.startswith("Hint 1 of 3")
    assert len(sealed.room.standing()) == before
    key = form(await sealed.command("ben", "/tpm-answer")).fields[0].key
    await sealed.submit("ben", MONDAY, {key: ANSWER})
    await sealed.advance(24 * HOUR)
    assert not [message for message in sealed.room.standing() if "Hint 1" in message.text]


async def test_forgetting_erases_the_count(opened: Study) -> None:
    """The export names the hints that were seen, and forget me erases the note of them."""
    await opened.press("ben", f"hint:{MONDAY}")
    member = await opened.member("ben")
    assert member is not None
    (day,) = (await manage_self.everything(opened.ports, await opened.group(), member))["days"]
    assert day["hints"] == 1
    await opened.press("ben", "forget-now")
    assert await opened.ports.hints.seen(await opened.group_id(), MONDAY, opened.id("ben")) == 0


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_no_hint_gives_the_outline_or_the_specific_half_away(question: Question) -> None:
    """Of no question do the hints hold a line of the outline, the runner-up, or what makes a point specific."""
    hints = hints_of(question, bank().framework)
    shown = hint_card.card(hints, 3, MONDAY).plain
    points = [point for points in question.look_for.values() for point in points]
    hidden = [*question.outline, question.runner_up, *(point.specific for point in points)]
    assert not [text for text in hidden if text in shown]
    assert sum(point.point[1:] in shown for point in points) == 1


def test_a_question_without_notes_has_hints_too() -> None:
    """A question that nobody noted is hinted at by the framework's own points and questions."""
    bare = replace(next(iter(QUESTIONS.values())), emphasis={}, look_for={}, probes=())
    hints = hints_of(with_framework_points(bare, bank().framework), bank().framework)
    shown = hint_card.card(hints, 3, MONDAY).plain
    assert shown.count("Hint ") == 3
    assert hints.section.asks in shown
