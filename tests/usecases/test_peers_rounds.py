from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.peer_review import InboxKind
from bot.infra.redis.keys import Keys
from bot.ports import Where
from bot.usecases import owed
from bot.usecases.peers import peer_round
from bot.usecases.recover import sweep
from handlers.terminal.messages import Message
from tests.usecases.reviewing import FOUR, answered, decline, duties, give, owed_by, reviewers, states
from tests.usecases.study import HOUR, MINUTE, MONDAY, OTHER_ANSWER, Study, text_of

DAY = timedelta(days=1)
TRIO = FOUR[:3]


async def test_three_answers_start_a_round(opened: Study) -> None:
    """When the third answer is in, each of the three is given to another of the three, and each is told so once."""
    await answered(opened, FOUR[:2])
    assert [await reviewers(opened, name) for name in TRIO] == [[], [], []]
    await answered(opened, FOUR[2:3])
    asked = [await reviewers(opened, name) for name in TRIO]
    assert sorted(who for each in asked for who in each) == list(TRIO)
    assert all(name not in each for name, each in zip(TRIO, asked, strict=True))
    for name in TRIO:
        (told,) = opened.direct(name)
        assert told.startswith("You are asked for one review in study-group.")


async def test_an_answer_alone_waits_eight_hours(opened: Study) -> None:
    """With less than three waiting, the round starts eight hours after the first of them."""
    await answered(opened)
    await opened.settle()
    assert await reviewers(opened, "dara") == []
    await opened.advance(7 * HOUR)
    assert await reviewers(opened, "dara") == []
    await opened.advance(HOUR + 5 * MINUTE)
    assert len(await reviewers(opened, "dara")) == 2


async def test_the_close_starts_a_round(opened: Study) -> None:
    """Answers that wait when the question closes get their reviewers then."""
    await answered(opened, TRIO)
    await opened.advance(23 * HOUR)
    await opened.say("dara", OTHER_ANSWER, day=MONDAY)
    await opened.advance(30 * MINUTE)
    assert await reviewers(opened, "dara") == []
    await opened.advance(31 * MINUTE)
    assert len(await reviewers(opened, "dara")) == 2


async def test_two_members_do_not_review_by_themselves(opened: Study) -> None:
    """A group with two active members asks nobody, until somebody turns reviews on."""
    await answered(opened, FOUR[:2])
    await opened.advance(9 * HOUR)
    assert await states(opened, "asha") == []
    assert "Reviews:" not in text_of(await opened.command("asha", "/tpm-question"))
    await opened.command("asha", "/tpm-admin reviews on")
    await opened.settle()
    assert (await reviewers(opened, "asha"), await reviewers(opened, "ben")) == (["ben"], ["asha"])


async def test_a_round_is_drawn_once(opened: Study) -> None:
    """Two processes that draw at the same moment store one draw between them."""
    await answered(opened, TRIO, apart=False, settled=False)
    job = owed.next_round(await opened.group_id())
    await asyncio.gather(*(peer_round.run(opened.ports, job) for _ in range(4)))
    await opened.settle()
    assert [len(await duties(opened, name)) for name in TRIO] == [1, 1, 1]
    assert await opened.ports.peers.rounds(await opened.group_id()) == 1


async def test_a_lost_agenda_is_restored(opened: Study) -> None:
    """When all that is owed is lost, a sweep restores the round, the duties and the showing of reviews."""
    await answered(opened, TRIO, apart=False, settled=False)
    await opened.store.client.call("DEL", Keys.due(), Keys.leases())
    await opened.restart()
    await opened.settle()
    assert [len(await reviewers(opened, name)) for name in TRIO] == [1, 1, 1]
    await opened.store.client.call("DEL", Keys.due(), Keys.leases())
    assert await sweep(opened.ports) > 0
    await opened.advance(DAY + MINUTE)
    for name in TRIO:
        assert "expired" in await states(opened, name)


def reminders(study: Study, name: str) -> list[Message]:
    return [each for each in study.standing(Where.DIRECT, name) if each.text.startswith("A reminder")]


async def test_the_reminder_comes_once(opened: Study) -> None:
    """Whoever has not reviewed after twelve hours is reminded, once, and never in their quiet hours."""
    await opened.command("asha", "/tpm-me quiet 20:00-08:00")
    await answered(opened, apart=False)
    for author in FOUR:
        await give(opened, (await reviewers(opened, author))[0], author)
    owing = [name for name in FOUR if await owed_by(opened, name)]
    assert len(owing) >= 2
    await opened.advance(13 * HOUR)
    assert [len(reminders(opened, name)) for name in owing] == [int(name != "asha") for name in owing]
    await opened.advance(10 * HOUR + 30 * MINUTE)
    assert [len(reminders(opened, name)) for name in owing] == [1] * len(owing)
    assert {f"{each.at:%H:%M}" for each in reminders(opened, "asha")} <= {"07:00"}


async def test_who_has_reviewed_is_not_reminded(opened: Study) -> None:
    """A given review ends what its writer was to be reminded of."""
    await answered(opened, TRIO)
    (author,) = await owed_by(opened, "ben")
    await give(opened, "ben", author)
    await opened.advance(13 * HOUR)
    assert reminders(opened, "ben") == []


async def test_what_is_too_much_for_a_day_is_told_the_next_morning(opened: Study) -> None:
    """A request that finds no place among the day's direct messages is told at eight the next morning."""
    await answered(opened)
    group = await opened.group_id()
    for number in (1, 2):
        place = f"direct:notice:{number}:{owed.about(MONDAY, opened.id('dara'))}"
        await opened.ports.outbox.sent(group, place, await opened.thread())
    await opened.advance(12 * HOUR)
    assert await owed_by(opened, "dara")
    assert opened.direct("dara") == []
    await opened.advance(12 * HOUR)
    assert any(text.startswith("You are asked for") for text in opened.direct("dara"))


async def test_a_duty_that_runs_out_goes_to_another(opened: Study) -> None:
    """A duty ends after a day, and somebody else who was never asked for that answer is asked in its place."""
    await answered(opened)
    await opened.advance(DAY - 6 * MINUTE)
    before = await duties(opened, "asha")
    await opened.advance(30 * MINUTE)
    after = await duties(opened, "asha")
    assert [name for name, duty in after.items() if duty.state == "expired"]
    assert set(before) <= set(after)
    assert "asha" not in after


async def test_declining_asks_another_at_once(opened: Study) -> None:
    """Whoever says that they cannot is free at once, and another is asked at once; the way back stays open."""
    await answered(opened)
    await opened.advance(8 * HOUR)
    first = (await owed_by(opened, "ben"))[0]
    before = await reviewers(opened, first)
    reply = await decline(opened, "ben", first)
    assert "I ask somebody else now" in text_of(reply)
    await opened.settle()
    after = await reviewers(opened, first)
    assert "ben" not in after
    free = {*FOUR} - {first} - set(await duties(opened, first))
    assert len(after) == len(before) or not free
    await give(opened, "ben", first)
    assert (await duties(opened, first))["ben"].state == "given"


async def test_without_any_review_the_facilitator_has_it(opened: Study) -> None:
    """After 36 hours without a review the answer is in the inbox, which is said once; its author sees it."""
    await answered(opened, TRIO)
    await opened.advance(36 * HOUR + MINUTE)
    entries = await opened.ports.peers.inbox(await opened.group_id())
    assert [entry.kind for entry in entries] == [InboxKind.UNREVIEWED] * 3
    assert "a facilitator has it now" in text_of(await opened.press("ben", f"feedback:{MONDAY}"))
    await opened.advance(25 * HOUR)
    assert len([text for text in opened.direct("asha") if "/tpm-admin inbox" in text]) == 1
    assert [await reviewers(opened, name) for name in TRIO] == [[], [], []]
    assert len(await opened.ports.peers.inbox(await opened.group_id())) == 3


@pytest.mark.parametrize("line", ["away today", "quiet 00:00-23:00"])
async def test_whoever_is_away_is_not_asked(opened: Study, line: str) -> None:
    """A member who is away is given no duty; quiet hours only keep the message back."""
    await opened.command("ben", f"/tpm-me {line}")
    await answered(opened, apart=False)
    assert bool(await owed_by(opened, "ben")) is (line != "away today")
    await opened.advance(3 * HOUR)
    assert opened.direct("ben") == []


async def test_old_answers_of_a_group_that_did_not_review_are_left_alone(opened: Study) -> None:
    """When two members become three, nobody is asked about, or told of, what is older than a review may be."""
    for _ in range(3):
        await answered(opened, FOUR[:2])
        await opened.advance(24 * HOUR)
    await answered(opened, FOUR[:3])
    posts = await opened.posts()
    asked = await opened.ports.peers.duties(await opened.group_id(), [post.day for post in posts])
    assert {duty.day for duty in asked} == {posts[-2].day, posts[-1].day}
    await opened.advance(MINUTE)
    assert await opened.ports.peers.inbox(await opened.group_id()) == []
    assert "facilitator" not in text_of(await opened.press("ben", f"feedback:{MONDAY}"))


async def test_old_answers_are_left_alone_when_reviews_are_turned_on(opened: Study) -> None:
    """Turned on after days without, only answers of the last 36 hours get reviewers, and nothing else waits."""
    await opened.command("asha", "/tpm-admin reviews off")
    for _ in range(3):
        await answered(opened, FOUR)
        await opened.advance(24 * HOUR)
    await opened.command("asha", "/tpm-admin reviews on")
    await opened.settle()
    posts = await opened.posts()
    asked = await opened.ports.peers.duties(await opened.group_id(), [post.day for post in posts])
    assert {duty.day for duty in asked} == {posts[-2].day}
    await opened.advance(HOUR)
    assert await opened.ports.peers.inbox(await opened.group_id()) == []


async def test_what_was_overlooked_goes_to_the_facilitators(opened: Study) -> None:
    """Answers that nobody was asked about in time, as the bot was away, are with the facilitators; nobody is asked."""
    await answered(opened, FOUR[:3], settled=False, apart=False)
    opened.sleep(40 * HOUR)
    await opened.settle()
    await opened.settle()
    group_id = await opened.group_id()
    assert {entry.author_id for entry in await opened.ports.peers.inbox(group_id)} == set(map(opened.id, FOUR[:3]))
    assert await opened.ports.peers.duties(group_id, [MONDAY]) == []
    assert "a facilitator has it now" in text_of(await opened.press("ben", f"feedback:{MONDAY}"))


async def test_a_day_away_does_not_turn_reviews_off(opened: Study) -> None:
    """A group of three reviews by itself while two are away: the third's answer is looked after all the same."""
    await answered(opened, FOUR[:3])
    await opened.advance(24 * HOUR)
    day = (await opened.post()).day
    for name in ("ben", "chen"):
        await opened.command(name, f"/tpm-me away {day}")
    await opened.say("asha")
    await opened.advance(9 * HOUR)
    assert "nobody is free to review it yet" in text_of(await opened.press("asha", f"feedback:{day}"))
    await opened.advance(24 * HOUR)
    assert await reviewers(opened, "asha", day) == ["ben", "chen"]


async def test_turned_off_and_on_again_the_same_people_may_be_asked(opened: Study) -> None:
    """A slip of the hand costs no reviews: after off and on each answer has as many reviewers as before."""
    await answered(opened, apart=False)
    before = {name: len(await reviewers(opened, name)) for name in FOUR}
    assert set(before.values()) == {2}
    await opened.command("asha", "/tpm-admin reviews off")
    await opened.settle()
    await opened.command("asha", "/tpm-admin reviews auto")
    await opened.settle()
    assert {name: len(await reviewers(opened, name)) for name in FOUR} == before
