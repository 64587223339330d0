from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.cards import Button, Buttons, Card, Form
from bot.domain.calibration import Calibration
from bot.domain.duty import AnswerId
from bot.domain.group import MemberId, Place
from bot.domain.peer_review import MOST_TEXT_CHARS, TEXTS, PeerReview
from bot.infra.library import packaged_library
from bot.views.peers import peer_card
from bot.views.peers.peer_form import HIDDEN, calibration_form, review_form
from handlers.discord import limits as discord_limits
from handlers.discord.custom_id import custom_id
from handlers.discord.modal import modal as discord_modal
from handlers.slack.modal import modal as slack_modal

SNOWFLAKE = "9" * 19
ANSWER = AnswerId(date(2026, 11, 23), MemberId(SNOWFLAKE))
PLACE = Place("discord", SNOWFLAKE, SNOWFLAKE)
LIBRARY = packaged_library()
LONGEST = [section.key for section in sorted(LIBRARY.framework.sections, key=lambda each: -len(each.short))][:2]


def forms() -> list[Form]:
    """The review form at its longest, and every calibration."""
    values = dict.fromkeys(TEXTS, "x" * MOST_TEXT_CHARS)
    review = review_form(ANSWER, "n" * 90, "t" * 200, LONGEST, LIBRARY.framework, values, named=False)
    known: list[Calibration] = list(LIBRARY.calibrations.values())
    return [review, *(calibration_form(each, ANSWER, LIBRARY.framework) for each in known)]


def a_review(chars: int) -> PeerReview:
    """With texts of so many characters, about the answer with the longest ids."""
    texts = dict.fromkeys(TEXTS, "line\n" * (chars // 5))
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return PeerReview(
        day=ANSWER.day, author_id=ANSWER.author_id, reviewer_id=MemberId("8" * 19), version=1,
        bands=dict.fromkeys(LONGEST, 4), texts=texts, given_at=at, token="0123456789ab", anonymous=True,
    )  # fmt: skip


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.action)
def test_each_form_is_one_modal_everywhere(form: Form) -> None:
    """The forms of a reviewer fit Slack's and Discord's modals, with a place to carry and with the longest ids."""
    drawn = discord_modal(form, place=PLACE)
    assert len(drawn["components"]) <= discord_limits.MODAL_PARTS
    labels = [part["label"] for part in drawn["components"] if "label" in part]
    assert all(len(label) <= discord_limits.LABEL_CHARS and "…" not in label for label in labels)
    assert len(slack_modal(form)["blocks"]) >= len(form.fields)


@pytest.mark.parametrize("chars", [10, 500, MOST_TEXT_CHARS])
def test_a_review_of_any_length_is_one_card(chars: int) -> None:
    """A review of any length fits a card; what is cut goes along in a file, and no button names its writer."""
    shown: Card = peer_card.review(a_review(chars), LIBRARY.framework, author="n" * 90, reviewer=None, edited=True)
    assert (shown.file is not None) is (chars == MOST_TEXT_CHARS)
    assert all(len(custom_id(button.action, place=PLACE)) <= 100 for button in shown.buttons)
    assert not any("8" * 19 in button.action for button in shown.buttons)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6])
def test_all_reviews_of_an_answer_are_one_card(count: int) -> None:
    """However many reviews an answer has, their card holds."""
    rows = [(a_review(MOST_TEXT_CHARS), "n" * 90)] * count
    shown = peer_card.mine(ANSWER.day, rows, LIBRARY.framework, None)
    assert len(shown.data["reviews"]) == min(count, peer_card.MOST_SHOWN)


def test_a_promise_travels_with_the_form() -> None:
    """What the form says of the name is in its action, so that it comes back with what was typed."""
    hidden, shown = (
        review_form(ANSWER, "asha", "title", LONGEST, LIBRARY.framework, {}, named=named) for named in (False, True)
    )
    assert hidden.action == f"{shown.action}{HIDDEN}"
    Card("x", (Buttons((Button("Open", hidden.action),)),))
