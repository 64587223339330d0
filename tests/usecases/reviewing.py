"""A study group that reviews: four members, and what they do about each other's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.cards import Card, Form, Reply
from bot.domain.duty import AnswerId, Duty
from bot.domain.peer_review import PeerReview, rated_sections
from bot.inbound import Submission
from bot.usecases.peers import peer_post
from tests.usecases.study import ANSWER, MINUTE, MONDAY, OTHER_ANSWER, Study, card, form

FOUR = ("asha", "ben", "chen", "dara")
REVIEW = {
    "band1": "one",
    "band2": "several",
    "strongest": "“twelve people become one person and a queue” turns a number into what people feel.",
    "change": "In the last sentence, say how many files a night need that slot, and what one costs.",
    "probe": "What happens at ten in the morning when two of these files come at once?",
}
"""Fine as it is: the checks ask nothing about it."""
PRAISE = {**REVIEW, "change": "Great answer, very good!"}


async def answered(study: Study, names: Sequence[str] = FOUR, *, apart: bool = True, settled: bool = True) -> None:
    """Each of `names` answers; `apart`: a minute lies between two answers. `settled`: what becomes due is done."""
    for number, name in enumerate(names):
        await study.say(name, ANSWER if number % 2 == 0 else OTHER_ANSWER)
        if apart:
            await study.advance(MINUTE)
    if settled:
        await study.settle()


async def duties(study: Study, author: str, day: date = MONDAY) -> dict[str, Duty]:
    """Reviewer -> their duty for an answer, ended ones too."""
    names = {study.id(name): name for name in (*FOUR, "eve", "finn")}
    found = await study.ports.peers.duties(await study.group_id(), [day])
    return {names[duty.reviewer_id]: duty for duty in found if duty.author_id == study.id(author)}


async def reviewers(study: Study, author: str, day: date = MONDAY) -> list[str]:
    """Who owes the author of an answer a review now, by name."""
    return sorted(name for name, duty in (await duties(study, author, day)).items() if duty.is_open)


async def states(study: Study, author: str, day: date = MONDAY) -> list[str]:
    return sorted(duty.state.value for duty in (await duties(study, author, day)).values())


async def owed_by(study: Study, name: str, day: date = MONDAY) -> list[str]:
    """Whose answers somebody is to review."""
    return [author for author in FOUR if name in await reviewers(study, author, day)]


async def calibrated(study: Study, name: str, author: str) -> Card:
    opened = form(await study.press(name, f"review:{MONDAY}:{study.id(author)}"))
    values = {field.key: "one" for field in opened.fields}
    return card(await study.do(Submission(study.caller(name), opened.action, values)))


async def opened_form(study: Study, name: str, author: str, day: date = MONDAY) -> Form:
    """The review form; somebody who has never reviewed is calibrated first."""
    found = form(await study.press(name, f"review:{day}:{study.id(author)}"))
    if found.action.startswith("calibrate:"):
        await calibrated(study, name, author)
        found = form(await study.press(name, f"review:{day}:{study.id(author)}"))
    return found


async def submission(study: Study, name: str, author: str, values: Mapping[str, str] = REVIEW) -> Submission:
    opened = await opened_form(study, name, author)
    return Submission(study.caller(name), opened.action, dict(values))


async def give(study: Study, name: str, author: str, values: Mapping[str, str] = REVIEW) -> Reply:
    return await study.do(await submission(study, name, author, values))


async def given(study: Study, author: str, day: date = MONDAY) -> list[PeerReview]:
    found = await peer_post.of_answer(study.ports, await study.group_id(), AnswerId(day, study.id(author)))
    return list(found)


async def posted(study: Study, author: str, day: date = MONDAY) -> list[Card]:
    """The reviews of an answer that stand in the chat."""
    group_id, cards = await study.group_id(), []
    for review in await given(study, author, day):
        ref = await study.ports.outbox.get(group_id, peer_post.review_key(review))
        message = study.room.messages.get(ref.message_id) if ref else None
        if message is not None and message.card is not None and message.deleted_at is None:
            cards.append(message.card)
    return cards


async def action(study: Study, author: str, label: str, day: date = MONDAY, number: int = 0) -> str:
    """What a button under a posted review does."""
    shown = (await posted(study, author, day))[number]
    return next(button.action for button in shown.buttons if button.label == label)


async def decline(study: Study, name: str, author: str) -> Reply:
    return await study.press(name, f"decline:{MONDAY}:{study.id(author)}")


async def rated(study: Study, day: date = MONDAY) -> Sequence[str]:
    """Keys of the sections that a review of an answer to the question of `day` rates."""
    question = study.ports.library.questions[(await study.post(day)).question_id]
    return rated_sections(question.emphasis, [section.key for section in study.ports.library.framework.sections])
