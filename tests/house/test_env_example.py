from __future__ import annotations

import re

from bot.settings import Settings
from tests.house.rules import ROOT

EXAMPLE = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
LINES = dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE, flags=re.MULTILINE))


def test_the_example_lists_every_setting_and_no_other() -> None:
    """deploy/env.example names exactly the variables that the settings read."""
    assert set(LINES) == {field.alias for field in Settings.model_fields.values()}


def test_the_example_shows_the_defaults() -> None:
    """A value in deploy/env.example is the default, so that taking the `#` away changes nothing."""
    fields = Settings.model_fields.values()
    assert {field.alias: "" if field.default is None else str(field.default) for field in fields} == LINES


def test_every_line_of_the_example_is_a_comment_until_it_is_chosen() -> None:
    """Copied as it is, deploy/env.example sets nothing."""
    assert [line for line in EXAMPLE.splitlines() if line and not line.startswith("#")] == []
