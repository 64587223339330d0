from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cards import Card, Form
from bot.commands import COMMANDS
from bot.domain.group import AwayRange, Group, GroupId, Member, MemberId, Place
from bot.domain.post import Post, PostState
from bot.domain.schedule import Schedule
from bot.domain.streak import Streak, Took, streak_of
from bot.ports import Check
from bot.views import notices, question_card
from bot.views.answering import answer_card, answer_form, others_card
from bot.views.facilitating import admin_card, setup_form
from bot.views.members import help_card, me_card, streak_card
from handlers.slack.modal import modal
from handlers.slack.render import blocks, message
from tests.golden.test_feedback import cards as feedback_cards
from tests.reviews import NOW, a_question, an_answer, library
from tests.servers.slack_blocks import message_fault, view_faults

FOLDER = Path(__file__).parent / "slack"
MONDAY = date(2026, 11, 23)
DUE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
GROUP = Group(
    id=GroupId("g1"),
    place=Place("slack", "T0000001", "C0000001"),
    name="tpm-study",
    schedule=Schedule(zone="Europe/Paris", at=time(9), days=frozenset(range(1, 6))),
    admin_ids=frozenset({MemberId("asha")}),
    created_at=DUE - timedelta(days=10),
    seed="seed",
)
ASHA = Member(
    id=MemberId("asha"), name="Asha <b> & co", joined_at=DUE - timedelta(days=10), remind_at=time(18),
    away=(AwayRange(date(2026, 12, 1), date(2026, 12, 5)),),
)  # fmt: skip
POST = Post(
    day=MONDAY, number=6, question_id="nurse-line-label-source", due_at=DUE, state=PostState.SENT, opened_at=DUE,
    closes_at=DUE + timedelta(days=1),
)  # fmt: skip
SEALED = replace(POST, sealed=True)
CHECKS = (
    Check(name="Redis", ok=True, detail="answers in 1 ms"),
    Check(name="Model", ok=False, detail="no key is set", fix="set ANTHROPIC_API_KEY"),
)
NEXT = (date(2026, 11, 24), DUE + timedelta(days=1))


def cards() -> dict[str, Card]:
    """One of each kind."""
    question, framework = a_question(), library().framework
    rows = [(spec.usage, spec.summary) for spec in COMMANDS]
    dates = [(date(2026, 11, 24), "09:00"), (date(2026, 11, 25), "09:00")]
    return {
        **{f"feedback_{name}": card for name, card in feedback_cards().items()},
        "question": question_card.daily(question, POST, GROUP, framework, late=True),
        "question_mine": question_card.mine(question, POST, GROUP, framework, answer=an_answer(), now=NOW),
        "question_sealed": question_card.daily(question, SEALED, GROUP, framework, late=False, answered=7),
        "practice": question_card.practice(question, framework),
        "answer": answer_card.shared(an_answer("> not mine\n<!channel> *bold*"), ASHA, framework),
        "answer_saved_sealed": answer_card.saved(MONDAY, changed=False, late=False, feedback_follows=True, sealed=True),
        "answer_kept_as_draft": answer_card.kept_as_draft(MONDAY, fits=False),
        "others": others_card.others(
            SEALED, [("Ben *", an_answer("> not mine\n<!channel>")), ("Chen", an_answer("x" * 4_000))], framework
        ),
        "streak": streak_card.streak(_streak(), ASHA),
        "settings": me_card.settings(ASHA, GROUP, MONDAY),
        "forget": me_card.ask_to_forget(),
        "help": help_card.overview(rows, GROUP, judged=True),
        "notice": notices.refusal(notices.NOT_ADMIN),
        "reminder": notices.reminder(question, POST, GROUP),
        "setup": admin_card.set_up(GROUP, CHECKS, NEXT, NOW, question=question, framework=framework),
        "schedule": admin_card.schedule(GROUP, dates, changed=True),
        "members": admin_card.members(GROUP, [(ASHA, 5, MONDAY)]),
        "doctor": admin_card.doctor(CHECKS, GROUP, NEXT, (), NOW),
        "preview": admin_card.preview(question, NEXT, GROUP, framework),
    }


def forms() -> dict[str, Form]:
    """One of each kind."""
    blank = setup_form.setup_form(None, "Europe/Paris")
    drafted = {"s1": "Nurses are <short> & costly."}
    return {
        "form_answer": answer_form.answer_form(a_question(), POST, library().framework, drafted),
        "form_setup": blank,
        "form_setup_refused": replace(blank, errors={"zone": "I know no time zone “Pariss”. Did you mean Paris?"}),
    }


def printed() -> dict[str, str]:
    """Every golden file by name, as the code of today gives it."""
    drawn = {name: message(card, key=f"{name}:2026-11-23") for name, card in cards().items()}
    opened = {name: modal(form, ids={"channel": "C0000001"}) for name, form in forms().items()}
    return {f"{name}.json": _text(payload) for name, payload in {**drawn, **opened}.items()}


def _text(payload: dict[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False, indent=1) + "\n"


def _streak() -> Streak:
    posts = [
        replace(POST, day=DUE.date() - timedelta(days=back), number=6 - back, opened_at=DUE - timedelta(days=back),
                closes_at=DUE - timedelta(days=back - 1))
        for back in reversed(range(6))
    ]  # fmt: skip
    record = bytes([Took.ANSWERED, Took.ANSWERED, Took.NOTHING, Took.REVIEWED, Took.LATE, Took.NOTHING])
    return streak_of(posts, record, away=(), joined_at=ASHA.joined_at, zone=ZoneInfo("Europe/Paris"), now=NOW)


@pytest.mark.parametrize("name", sorted(printed()))
def test_slack_gets_what_was_last_approved(name: str) -> None:
    """A card or a form is drawn as in its golden file; run this file as a module to renew it."""
    assert printed()[name] == (FOLDER / name).read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    """Every golden file belongs to a card or a form."""
    assert {path.name for path in FOLDER.iterdir()} == set(printed())


@pytest.mark.parametrize("name", sorted(cards()))
def test_slack_takes_the_card(name: str) -> None:
    """A card of the bot breaks no limit of Slack, and is not so long that it loses its lists and styles."""
    drawn = message(cards()[name])["blocks"]
    assert message_fault(drawn) is None
    assert drawn == blocks(cards()[name])


@pytest.mark.parametrize("name", sorted(forms()))
def test_slack_takes_the_form(name: str) -> None:
    """A form of the bot breaks no limit of Slack."""
    assert view_faults(modal(forms()[name]), "modal") == []


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in printed().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
