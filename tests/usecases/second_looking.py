"""What tests of second shots and disputes share."""

from __future__ import annotations

from bot.cards import Form
from bot.domain.peer_review import InboxEntry
from bot.domain.review import Review
from bot.domain.second_shot import SecondShot
from bot.inbound import Submission
from bot.views.feedback.dispute_card import BAND, NOTE, REASON, SECTION
from bot.views.feedback.second_shot_card import TEXT, USED
from bot.views.peers.peer_words import CHOICES
from tests.usecases.study import MONDAY, Study, card, form, text_of

WHY = "My second sentence does give the number: 5.2 GB each, eleven at once."


async def review_of(study: Study, name: str = "ben") -> Review:
    made = await study.ports.answers.review(await study.group_id(), MONDAY, study.id(name))
    assert isinstance(made, Review)
    return made


async def weighed(study: Study, name: str = "ben") -> list[str]:
    return [section.key for section in (await review_of(study, name)).sections if section.weight > 0]


async def weakest(study: Study, name: str = "ben") -> str:
    """The section to write again: the one with the lowest band."""
    sections = [section for section in (await review_of(study, name)).sections if section.weight > 0]
    return min(sections, key=lambda section: (section.band or 0, section.key)).key


async def shot_of(study: Study, name: str = "ben") -> SecondShot | None:
    return await study.ports.shots.get(await study.group_id(), MONDAY, study.id(name))


async def better(study: Study, section: str) -> str:
    """A text that says every point of the section."""
    question = study.ports.library.questions[(await study.post()).question_id]
    points = question.look_for[section]
    return " ".join(f"I say for 12 users: {point.point}; {point.specific}." for point in points)[:2_900]


async def shot_form(study: Study, section: str, name: str = "ben") -> Form:
    return form(await study.press(name, f"shot-form:{MONDAY}:{section}"))


async def sent(study: Study, section: str, text: str, name: str = "ben", used: str = "none") -> Submission:
    opened = await shot_form(study, section, name)
    return Submission(study.caller(name), opened.action, {TEXT: text, USED: used})


async def entries(study: Study) -> list[InboxEntry]:
    return list(await study.ports.peers.inbox(await study.group_id()))


async def disagree(study: Study, section: str, why: str = WHY, name: str = "ben") -> Submission:
    opened = form(await study.press(name, f"dispute:{MONDAY}"))
    return Submission(study.caller(name), opened.action, {SECTION: section, REASON: why})


async def inbox_action(study: Study, label: str, name: str = "asha") -> str:
    shown = card(await study.command(name, "/tpm-admin inbox"))
    return next(button.action for button in shown.buttons if button.label == label)


def choice(band: str) -> str:
    """The value that stands for a band in the form; what is no band stays as it is."""
    return CHOICES[int(band)][0] if band in set("01234") else band


async def decision(study: Study, band: str, note: str = "It does.", name: str = "asha") -> Submission:
    opened = form(await study.press(name, await inbox_action(study, "Decide")))
    return Submission(study.caller(name), opened.action, {BAND: choice(band), NOTE: note})


async def feedback(study: Study, name: str = "ben") -> str:
    return text_of(await study.press(name, f"feedback:{MONDAY}"))
