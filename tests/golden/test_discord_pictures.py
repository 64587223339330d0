"""The pictures in docs/images, drawn from the components that Discord gets; run this file as a module to renew them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from bot.cards import Card, Form
from bot.views import question_card
from bot.views.answering import answer_form
from bot.views.facilitating import admin_card, setup_form
from bot.views.feedback import thread_card
from handlers.discord.modal import modal
from handlers.discord.render import components
from tests.golden.test_slack import GROUP, NEXT, POST
from tests.golden.test_slack_pictures import CHECKS, DRAFT, SVG, _streak, width_of
from tests.house.rules import ROOT
from tests.pictures.discord_components import message_picture, modal_picture
from tests.reviews import NOW, a_question, a_review, library

FOLDER = ROOT / "docs" / "images"


def cards() -> dict[str, tuple[Card, str, str, bool]]:
    """Card, time, what the picture is of, and whether only one member sees it; by file name."""
    question, framework = a_question(), library().framework
    daily = question_card.daily(question, POST, GROUP, framework, late=False)
    done = admin_card.set_up(GROUP, CHECKS, NEXT, NOW, question=question, framework=framework)
    feedback = thread_card(a_review(), framework, name="asha")
    return {
        "discord-question.svg": (daily, "Today at 9:00", "The question of the day", False),
        "discord-feedback.svg": (feedback, "Today at 9:41", "Feedback in the thread", False),
        "discord-streak.svg": (_streak(), "Today at 10:05", "A streak and its days", True),
        "discord-setup-done.svg": (done, "Today at 10:05", "What the admin sees", True),
    }


def forms() -> dict[str, tuple[Form, str]]:
    """Form, and what the picture is of; by file name."""
    answer = answer_form.answer_form(a_question(), POST, library().framework, DRAFT)
    return {
        "discord-answer.svg": (answer, "The answer form"),
        "discord-setup.svg": (setup_form.setup_form(None, "Europe/Paris"), "The setup form"),
    }


def pictures() -> dict[str, str]:
    """Every picture by file name, as the code of today draws it."""
    messages = {
        name: message_picture(components(card), time=time, label=f"{label}. {card.plain}", private=private)
        for name, (card, time, label, private) in cards().items()
    }
    modals = {
        name: modal_picture(modal(form), label=f"{label}: {', '.join(field.label for field in form.fields)}")
        for name, (form, label) in forms().items()
    }
    return {**messages, **modals}


def _said(picture: str) -> str:
    return re.sub(r"\s", "", "".join(ET.fromstring(picture).itertext()))  # noqa: S314  our own text


@pytest.mark.parametrize("name", sorted(pictures()))
def test_the_discord_picture_is_of_the_components_of_today(name: str) -> None:
    """A picture in the docs shows the components that Discord gets today."""
    assert pictures()[name] == (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(pictures()))
def test_the_discord_picture_holds_every_line(name: str) -> None:
    """A picture is well-formed, says that it is drawn, and every line of it stands inside its frame."""
    root = ET.fromstring(pictures()[name])  # noqa: S314  our own text
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    texts = [each for each in root.iter(f"{SVG}text") if each.attrib["text-anchor"] == "start"]
    assert texts
    assert max(float(each.attrib["x"]) + width_of(each) for each in texts) <= width
    assert max(float(each.attrib["y"]) for each in texts) < height
    assert "not a screenshot" in (root.findtext(f"{SVG}desc") or "")


@pytest.mark.parametrize("name", sorted(cards()))
def test_the_discord_picture_shows_every_word(name: str) -> None:
    """Every line of the card that has no date and no link in it can be read in its picture."""
    said = _said(pictures()[name])
    lines = [re.sub(r"^[>-] |\s", "", line) for line in cards()[name][0].plain.splitlines()]
    plain = [line for line in lines if not re.search(r"https?:|\(Europe/Paris\)|^\[", line)]
    assert [line for line in plain if line not in said] == []
    assert plain


def test_an_unknown_component_is_not_left_out() -> None:
    """A component that the painter does not know is an error and not a gap."""
    with pytest.raises(KeyError):
        message_picture([{"type": 12, "items": []}], time="9:00", label="none")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pictures().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
