from __future__ import annotations

import pytest

from bot.commands import COMMANDS
from bot.commands.dispatch import parse
from bot.errors import Refusal

SPECS = {spec.name: spec for spec in COMMANDS}


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("tpm-suggest How should text=plain be priced?", {"text": "How should text=plain be priced?"}),
        ("tpm-suggest text=How is it priced?", {"text": "How is it priced?"}),
        ("technical-pm Is action=buy safe for an agent?", {"question": "Is action=buy safe for an agent?"}),
        ("technical-pm What is an eval? action=fresh", {"question": "What is an eval?", "action": "fresh"}),
        ("technical-pm action=share What is an eval?", {"question": "What is an eval?", "action": "share"}),
        ("technical-pm question=What is RAG? ACTION=Fresh", {"question": "What is RAG?", "action": "fresh"}),
        ("tpm-me away 2026-12-01 2026-12-05", {"action": "away", "value": "2026-12-01 2026-12-05"}),
        ("tpm-me value=off action=away", {"action": "away", "value": "off"}),
        ("tpm-question evals level=2", {"topic": "evals", "level": "2"}),
        ("tpm-question level=2 evals", {"topic": "evals", "level": "2"}),
        ("tpm-question", {}),
    ],
)
def test_what_is_typed_finds_its_argument(line: str, values: dict[str, str]) -> None:
    """A named argument stands at either end of the line; inside a sentence it is part of what the member says."""
    name, _, text = line.partition(" ")
    assert parse(SPECS[name], text) == values


@pytest.mark.parametrize("line", ["tpm-question evals 2 more", "tpm-feedback perhaps", "technical-pm action=buy"])
def test_what_fits_nowhere_is_refused(line: str) -> None:
    """Words too many and choices that there are not come back with how to type the command."""
    name, _, text = line.partition(" ")
    with pytest.raises(Refusal, match=name):
        parse(SPECS[name], text)


def test_a_long_text_behind_a_command_comes_back_whole() -> None:
    """Whoever types an answer behind a command that takes none can copy it from the refusal."""
    words = " ".join(f"word{number}" for number in range(200))
    with pytest.raises(Refusal, match=f"{words}$"):
        parse(SPECS["tpm-answer"], words)
