"""What tests of variants share: weak answers, what was put to a member, and what they tried."""

from __future__ import annotations

from datetime import date, timedelta

from bot.cards import Card, Reply
from bot.domain.question import Question
from bot.domain.variant import Variant
from bot.inbound import Submission
from bot.infra.redis.keys import Keys
from bot.ports import Where
from bot.usecases import owed
from handlers.terminal.messages import Message
from tests.usecases.study import MONDAY, Study, bank

DAY = timedelta(days=1)
TRY = (
    "With that change I would first measure how long the longest hour is, because 3 of 10 people then wait twice as "
    "long. I would keep one slot free for them, which costs 8% of the room and saves the queue."
)


async def variant(study: Study, name: str = "ben", day: date = MONDAY) -> Variant | None:
    return await study.ports.variants.get(await study.group_id(), day, study.id(name))


async def owed_at(study: Study, name: str = "ben") -> object:
    return await study.ports.jobs.owed(owed.variant(await study.group_id(), MONDAY, study.id(name)))


def put(study: Study, name: str = "ben") -> list[Message]:
    """The direct messages with a variant that stand, results left out."""
    found = [message for message in study.standing(Where.DIRECT, name) if message.card and message.card.buttons]
    return [message for message in found if message.card and message.card.kind == "variant"]


def told(study: Study, name: str = "ben") -> list[Card]:
    """The direct messages with what came of one."""
    cards = [message.card for message in study.standing(Where.DIRECT, name) if message.card]
    return [each for each in cards if each.kind in {"variant", "feedback"} and not each.buttons]


async def weak(study: Study, *names: str) -> None:
    """Answers of which a section that the question wants comes out thin."""
    for name in names or ("ben",):
        await study.say(name)
    await study.settle()


async def ready(study: Study) -> None:
    """A variant of Monday's question was put to Ben."""
    await weak(study)
    await study.advance(11 * DAY)
    assert len(put(study)) == 1


async def asked(study: Study) -> Question:
    return bank().questions[(await study.post(MONDAY)).question_id]


async def spent_usd(study: Study) -> float:
    stored = await study.store.client.call("HGET", Keys.purse(study.clock.now().date()), "all")
    return int(stored or 0) / 1_000_000


async def send(study: Study, text: str = TRY, name: str = "ben") -> Reply:
    return await study.do(Submission(study.caller(name), f"variant:{MONDAY}", {"text": text}))
