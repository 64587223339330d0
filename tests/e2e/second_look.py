"""One second shot and one dispute, pressed through on any platform by the buttons that people see there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from bot.domain.peer_review import InboxEntry
from bot.domain.review import Review
from bot.domain.second_shot import SecondShot
from bot.infra.library import packaged_library
from bot.infra.redis.store import open_store
from bot.views.feedback.dispute_card import BAND, NOTE, REASON, SECTION
from bot.views.feedback.second_shot_card import TEXT
from tests.e2e.run_scene import ANSWER
from tests.e2e.study_week import MONDAY, POST_AT, Week

WHY = "My second sentence does give the number: 5.2 GB each, eleven at once."
SAID = "You do size each file. <!channel> @everyone"


class Hands(ABC):
    """What a person can do on a platform. Messages are whatever the platform has for them."""

    week: Week

    @abstractmethod
    async def press(self, name: str, message: Any, label: str) -> Any:
        """Press a button; the private message that answers it, or None where a form opens."""

    @abstractmethod
    async def command(self, name: str, command: str, text: str) -> Any:
        """Give a command in the channel; the private message that answers it."""

    @abstractmethod
    async def send(self, name: str, values: dict[str, str]) -> Any:
        """Fill in the form that is open and send it; the private message that answers it."""

    @abstractmethod
    def private(self, name: str) -> list[Any]:
        """Everything that only this person sees, oldest first."""


async def second_shot(hands: Hands, feedback: Any, text: str) -> Any:
    """Ben presses [Second shot], picks the first section, and writes it again; the card with before and after."""
    chosen = await hands.press("ben", feedback, "Second shot")
    await hands.press("ben", chosen, chosen.labels[0])
    kept = await hands.send("ben", {TEXT: text})
    assert "Kept." in kept.shown
    await hands.week.until(lambda: [each for each in hands.private("ben") if "After" in each.shown])
    return next(each for each in hands.private("ben") if "After" in each.shown)


async def dispute(hands: Hands, feedback: Any, section: str) -> Any:
    """Ben presses [I disagree], Asha decides in her inbox; her inbox afterwards."""
    await hands.press("ben", feedback, "I disagree")
    kept = await hands.send("ben", {SECTION: section, REASON: WHY})
    assert "Kept. A facilitator looks at" in kept.shown
    inbox = await hands.command("asha", "tpm-admin", "inbox")
    assert WHY in inbox.shown
    evidence = await hands.press("asha", inbox, "Read the answer")
    assert ANSWER.split(",")[0] in evidence.shown
    await hands.press("asha", inbox, "Decide")
    return await hands.send("asha", {BAND: "weighed", NOTE: SAID})


async def play(hands: Hands) -> tuple[Any, Any]:
    """A day on which Ben answers and does both; the card with before and after, and the facilitator's last one."""
    week = hands.week
    await week.set_up()
    await week.at(0, POST_AT)
    await week.until(week.posts)
    (post,) = week.posts()
    await week.say("ben", ANSWER, post)
    await week.until(lambda: any("feedback for ben" in text.casefold() for _, text in week.replies(post)))
    await week.settled()
    thread = week.replies(post)
    feedback = await hands.command("ben", "tpm-feedback", "")
    result = await second_shot(hands, feedback, await better(week))
    shot, _ = await kept_of(week)
    decided = await dispute(hands, feedback, shot.section)
    await week.at(0, POST_AT * 2)
    await week.until(lambda: [each for each in hands.private("ben") if "You do size each file." in each.shown])
    assert week.replies(post) == thread
    return result, decided


async def better(week: Week) -> str:
    """What says every point of the first section that the question asks for."""
    async with open_store(week.door.url, daily_usd=1.0, member_daily_usd=1.0) as store:
        group_id = await store.groups.at(week.place)
        assert group_id is not None
        (post,) = await store.posts.all(group_id)
    question = packaged_library().questions[post.question_id]
    points = question.look_for[question.weighed[0]]
    return " ".join(f"I say for 12 users: {point.point}; {point.specific}." for point in points)[:2_900]


async def kept_of(week: Week) -> tuple[SecondShot, list[InboxEntry]]:
    """Ben's second shot, and the inbox, as they are stored."""
    async with open_store(week.door.url, daily_usd=1.0, member_daily_usd=1.0) as store:
        group_id = await store.groups.at(week.place)
        assert group_id is not None
        (shot,) = await store.shots.of_day(group_id, MONDAY.date())
        made = await store.answers.review(group_id, MONDAY.date(), shot.member_id)
        assert isinstance(made, Review)
        assert list(await store.jobs.dead()) == []
        return shot, list(await store.peers.inbox(group_id))


async def check(hands: Hands, result: Any, decided: Any) -> None:
    """What must be so afterwards on every platform."""
    shot, (entry,) = await kept_of(hands.week)
    assert shot.text == await better(hands.week)
    assert shot.after is not None
    assert (shot.after.band or 0) > (shot.before.band or 0)
    assert f"{shot.before.band} of 4" in result.shown
    assert f"{shot.after.band} of 4" in result.shown
    assert "Nothing waits in the inbox." in decided.shown
    assert (entry.note, entry.decided, entry.reply) == (WHY, 4, SAID)
    assert sum("You do size each file." in each.shown for each in hands.private("ben")) == 1
    full = await hands.command("ben", "tpm-feedback", "")
    assert "a facilitator read it and says 4 of 4" in full.shown
    assert hands.week.faults() == []
