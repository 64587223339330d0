from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.rules import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file of the project."""
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_there_are_links_to_follow() -> None:
    """The pages that newcomers meet first are among those that are checked, and they do link."""
    names = {page.name for page in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "architecture.md"} <= names
    assert any(LINK.search(page.read_text(encoding="utf-8")) for page in PAGES)
