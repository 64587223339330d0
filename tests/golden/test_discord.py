from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bot.cards import Card
from bot.commands import COMMANDS
from handlers.discord.modal import modal, refused_card
from handlers.discord.render import components, file_name, message
from handlers.discord.tree import fingerprint, payload
from handlers.slack.render import blocks
from tests.golden.test_slack import cards as slack_cards
from tests.golden.test_slack import forms
from tests.servers import slack_text
from tests.servers.discord_components import check_message, check_modal
from tests.servers.discord_text import shown

FOLDER = Path(__file__).parent / "discord"
REFUSED = "form_setup_refused"
"""A form with errors is not drawn again on Discord: a card answers it."""


def cards() -> dict[str, Card]:
    """Those that Slack shows, and the answer to a form that came back."""
    return {**slack_cards(), REFUSED: refused_card(forms()[REFUSED])}


def printed() -> dict[str, str]:
    """Every golden file by name, as the code of today gives it."""
    drawn: dict[str, Any] = {name: message(card, key=f"{name}:2026-11-23") for name, card in cards().items()}
    opened: dict[str, Any] = {name: modal(form) for name, form in forms().items() if not form.errors}
    told = {"commands": {"fingerprint": fingerprint(payload(COMMANDS)), "commands": payload(COMMANDS)}}
    return {f"{name}.json": _text(made) for name, made in {**drawn, **opened, **told}.items()}


def _text(made: Any) -> str:
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _on_slack(card: Card) -> str:
    """What a reader of Slack's blocks sees, with dates and links as the reader of Discord's Markdown prints them."""
    drawn = copy.deepcopy(blocks(card))
    for node in slack_text.nodes(drawn):
        if node.get("type") == "date":
            node["fallback"] = f"t:{node['timestamp']}"
        if node.get("type") == "link":
            node["text"] = f"{node['text']} ({node['url']})"
    return slack_text.shown(drawn)


@pytest.mark.parametrize("name", sorted(printed()))
def test_discord_gets_what_was_last_approved(name: str) -> None:
    """A card, a form or the commands are drawn as in their golden file; run this file as a module to renew it."""
    assert printed()[name] == (FOLDER / name).read_text(encoding="utf-8")


def test_no_golden_discord_file_is_left_over() -> None:
    """Every golden file belongs to a card, a form or the commands."""
    assert {path.name for path in FOLDER.iterdir()} == set(printed())


@pytest.mark.parametrize("name", sorted(cards()))
def test_both_platforms_show_the_same_words(name: str) -> None:
    """A card shows the same words in the same order on Slack and on Discord, where its file is named at the end."""
    card = cards()[name]
    file = [file_name(card.file.name)] if card.file else []
    assert shown("", components(card)).split() == [*_on_slack(card).split(), *file]


@pytest.mark.parametrize("name", sorted(forms()))
def test_a_form_asks_the_same_on_both_platforms(name: str) -> None:
    """A form has the same fields with the same labels, hints and values on Slack and on Discord."""
    asked = []
    for part in modal(forms()[name])["components"]:
        if part["type"] == 18:
            component = part["component"]
            options = [(each["value"], each["label"]) for each in component.get("options", ())]
            asked.append((component["custom_id"], part["label"], options))
    wanted = [(field.key, field.label, list(getattr(field, "options", ()))) for field in forms()[name].fields]
    assert asked == wanted


@pytest.mark.parametrize("name", sorted(cards()))
def test_discord_takes_the_card(name: str) -> None:
    """A card of the bot breaks no limit of Discord, and is not so long that it loses its marks."""
    card = cards()[name]
    drawn = components(card)
    check_message(drawn, [file_name(card.file.name)] if card.file else [], v2=True)
    assert not any("\u2217" in each.get("content", "") for each in drawn)


@pytest.mark.parametrize("name", sorted(forms()))
def test_discord_takes_the_form(name: str) -> None:
    """A form of the bot breaks no limit of Discord."""
    check_modal(modal(forms()[name]))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for name, text in printed().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
