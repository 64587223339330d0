from __future__ import annotations

import pytest

from bot.commands import COMMANDS
from prompts.lock import lock_text, locked
from tests.house.pages import PAGES
from tests.house.rules import ROOT


@pytest.mark.parametrize("path", PAGES)
def test_a_printed_page_is_current(path: str) -> None:
    """A page that is printed from code says what the code says now; `make pages` prints it anew."""
    assert (ROOT / path).read_text(encoding="utf-8") == PAGES[path]()


def test_the_command_page_names_every_command() -> None:
    """Every command and every verb of the table has its heading on the page."""
    page = PAGES["docs/commands.md"]()
    rows = [(spec.name, *(f"{spec.name} {verb.name}" for verb in spec.verbs)) for spec in COMMANDS]
    assert [name for row in rows for name in row if f"# `/{name}" not in page] == []


def test_a_prompt_cannot_change_in_silence() -> None:
    """A prompt whose text changed is refused until its version goes up."""
    (name, (version, _)), *_ = locked().items()
    with pytest.raises(ValueError, match=f"{name}: .* raise its version above {version}"):
        lock_text(f"{name} {version} 0000000000000000\n")
