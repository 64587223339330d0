from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.cards import Card
from bot.infra.offline import OfflineSelfCheck
from bot.views.feedback import full_card, self_check_card, self_check_in_full, thread_card
from bot.views.feedback.full import as_markdown
from handlers.terminal.render import card_view
from tests.reviews import NOW, a_question, a_review, an_answer, library

FOLDER = Path(__file__).parent / "feedback"
PHONE_COLUMNS = 44


def cards() -> dict[str, Card]:
    framework = library().framework
    check = OfflineSelfCheck(framework)(
        a_question(), an_answer(), reason="No model is set up here, so nothing was judged.", retried=False, made_at=NOW
    )
    return {
        "thread": thread_card(a_review(), framework, name="asha", edited=True),
        "full": full_card(a_review(), framework),
        "self_check": self_check_card(check, framework, name="asha"),
        "self_check_in_full": self_check_in_full(check, framework, name="asha"),
    }


def on_a_narrow_screen(card: Card) -> str:
    out = io.StringIO()
    numbers = {button: number for number, button in enumerate(card.buttons, start=1)}
    Console(file=out, width=PHONE_COLUMNS, color_system=None, legacy_windows=False).print(card_view(card, numbers))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def printed() -> dict[str, str]:
    """Every golden file by name, as the code of today gives it."""
    plain = {f"{name}.txt": f"{card.plain}\n" for name, card in cards().items()}
    narrow = {f"{name}.terminal.txt": on_a_narrow_screen(card) for name, card in cards().items()}
    return {**plain, **narrow, "full.md": as_markdown(a_review(), library().framework)}


@pytest.mark.parametrize("name", sorted(printed()))
def test_a_card_reads_as_it_was_last_approved(name: str) -> None:
    """A card of feedback reads as in its golden file; run this file as a module to renew it."""
    assert printed()[name] == (FOLDER / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in printed().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
