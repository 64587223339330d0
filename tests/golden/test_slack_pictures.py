"""The pictures in docs/images, drawn from the blocks that Slack gets; run this file as a module to renew them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cards import Card, Form
from bot.domain.streak import Took, streak_of
from bot.ports import Check
from bot.views import question_card
from bot.views.answering import answer_form
from bot.views.facilitating import admin_card, setup_form
from bot.views.feedback import thread_card
from bot.views.members import streak_card
from handlers.slack.modal import modal
from handlers.slack.render import blocks
from tests.golden.test_slack import ASHA, DUE, GROUP, NEXT, POST
from tests.house.rules import ROOT
from tests.pictures.slack_blocks import message_picture, modal_picture
from tests.pictures.slack_type import Run
from tests.reviews import NOW, a_question, a_review, library

FOLDER = ROOT / "docs" / "images"
SVG = "{http://www.w3.org/2000/svg}"
CHECKS = (
    Check(name="Settings", ok=True, detail="Redis embedded, under .tpm-bot; model budget $5 a day, $0.5 for a member"),
    Check(name="Redis", ok=True, detail="version 9.1.2, answers in 0.6 ms"),
    Check(name="Persistence", ok=True, detail="append-only file on"),
    Check(name="Clock", ok=True, detail="2026-11-23 09:05 UTC, host off by 0.0 s"),
    Check(name="Model", ok=True, detail="claude-sonnet-5-5 answers"),
)
MEMBER = replace(ASHA, name="asha")
DRAFT = {
    "s1": "40,000 pairs in 8 weeks. All nurses cost 240,000 euros, four times the budget, so risk decides who labels.",
    "s2": "A caller with chest pain at night, and the nurse who has half a minute to read the advice.",
}


def pictures() -> dict[str, str]:
    """Every picture by file name, as the code of today draws it."""
    question, framework = a_question(), library().framework
    return {
        "slack-question.svg": _message(
            question_card.daily(question, POST, GROUP, framework, late=False),
            time="9:00",
            label="The question of the day",
        ),
        "slack-feedback.svg": _message(
            thread_card(a_review(), framework, name="asha"), time="9:41", label="Feedback in the thread"
        ),
        "slack-answer.svg": _modal(answer_form.answer_form(question, POST, framework, DRAFT), "The answer form"),
        "slack-streak.svg": _message(_streak(), time="10:05", label="A streak and its days", private=True),
        "slack-setup.svg": _modal(setup_form.setup_form(None, "Europe/Paris"), "The setup form"),
        "slack-setup-done.svg": _message(
            admin_card.set_up(GROUP, CHECKS, NEXT, NOW, question=question, framework=framework),
            time="10:05",
            label="What the admin sees",
            private=True,
        ),
    }


def _message(card: Card, *, time: str, label: str, private: bool = False) -> str:
    return message_picture(blocks(card), time=time, label=f"{label}. {card.plain}", private=private)


def _modal(form: Form, label: str) -> str:
    return modal_picture(modal(form), label=f"{label}: {', '.join(field.label for field in form.fields)}")


def _streak() -> Card:
    posts = [
        replace(POST, day=DUE.date() - timedelta(days=back), number=6 - back, opened_at=DUE - timedelta(days=back),
                closes_at=DUE - timedelta(days=back - 1))
        for back in reversed(range(6))
    ]  # fmt: skip
    record = bytes([Took.ANSWERED, Took.ANSWERED, Took.NOTHING, Took.REVIEWED, Took.ANSWERED, Took.ANSWERED])
    counted = streak_of(posts, record, away=(), joined_at=MEMBER.joined_at, zone=ZoneInfo("Europe/Paris"), now=NOW)
    return streak_card.streak(counted, MEMBER)


@pytest.mark.parametrize("name", sorted(pictures()))
def test_the_picture_is_of_the_blocks_of_today(name: str) -> None:
    """A picture in the docs shows the blocks that Slack gets today."""
    assert pictures()[name] == (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(pictures()))
def test_the_picture_holds_every_word(name: str) -> None:
    """A picture is well-formed, and every word of it stands inside its frame."""
    root = ET.fromstring(pictures()[name])  # noqa: S314  our own text
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    texts = [each for each in root.iter(f"{SVG}text") if each.attrib["text-anchor"] == "start"]
    assert texts
    assert max(float(each.attrib["x"]) + width_of(each) for each in texts) <= width
    assert max(float(each.attrib["y"]) for each in texts) < height


def width_of(text: ET.Element) -> float:
    spans = [(each.text or "", each.attrib) for each in text]
    return sum(Run(said, float(how["font-size"]), bold="font-weight" in how).width for said, how in spans)


def test_an_unknown_block_is_not_left_out() -> None:
    """A block that the painter does not know is an error and not a gap."""
    with pytest.raises(KeyError):
        message_picture([{"type": "video"}], time="9:00", label="none")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pictures().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
