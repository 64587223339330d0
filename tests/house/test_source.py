from __future__ import annotations

import pytest

from tests.house import rules
from tests.house.rules import Rule, Source

FULL = "\n".join(["x = 1"] * (rules.MOST_FILE_LINES + 1))
LONG = "def f():\n" + "    x = 1\n" * (rules.MOST_FUNCTION_LINES + 1)
BROKEN = [
    (rules.file_is_short, "bot/a.py", FULL),
    (rules.functions_are_short, "bot/a.py", LONG),
    (rules.functions_are_short, "tests/unit/test_a.py", f"class C:\n    async {LONG.replace('    ', '        ')}"),
    (rules.name_says_something, "handlers/utils.py", ""),
    (rules.name_says_something, "bot/common/answer.py", ""),
    (rules.time_is_an_argument, "bot/usecases/a.py", "from datetime import datetime, UTC\ndatetime.now(UTC)"),
    (rules.time_is_an_argument, "handlers/a.py", "import time\ntime.time()"),
    (rules.time_is_an_argument, "tests/a.py", "import datetime\ndatetime.date.today()"),
    (rules.settings_read_the_environment, "handlers/app.py", "import os\nos.environ['A']"),
    (rules.settings_read_the_environment, "bot/infra/a.py", "import os\nos.getenv('A')"),
    (rules.nothing_is_mocked, "tests/unit/test_a.py", "from unittest.mock import MagicMock"),
    (rules.nothing_is_mocked, "tests/unit/test_a.py", "from unittest import mock"),
    (rules.nothing_is_mocked, "tests/unit/test_a.py", "import unittest.mock"),
    (rules.nothing_is_mocked, "tests/unit/test_a.py", "def test(monkeypatch): monkeypatch.setattr('bot.a', 1)"),
    (rules.nothing_is_skipped, "tests/unit/test_a.py", "import pytest\n@pytest.mark.skip\ndef test_a(): ..."),
    (rules.nothing_is_skipped, "tests/unit/test_a.py", "import pytest\npytest.skip('later')"),
    (rules.tests_say_their_rule, "tests/unit/test_a.py", "def test_a(): ..."),
    (rules.tests_say_their_rule, "tests/unit/test_a.py", 'def test_a():\n    """No full stop"""'),
    (rules.tests_say_their_rule, "tests/unit/test_a.py", 'def test_a():\n    """This is one. This is two."""'),
]
ALLOWED = [
    (rules.time_is_an_argument, "bot/infra/clock.py", "import time\ntime.time()"),
    (rules.settings_read_the_environment, "bot/settings.py", "import os\nos.environ"),
    (rules.settings_read_the_environment, "tests/e2e/test_a.py", "import os\nos.environ"),
    (rules.nothing_is_mocked, "tests/unit/test_a.py", "def test(monkeypatch): monkeypatch.setenv('A', '1')"),
    (rules.tests_say_their_rule, "tests/unit/test_a.py", 'def test_a():\n    """A zone, e.g. Paris, is 3.5 known."""'),
]
RULES = list(dict.fromkeys(rule for rule, _, _ in BROKEN))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_the_rule(rule: Rule) -> None:
    """Every file of the project keeps every rule of the house."""
    assert [fault for source in rules.sources() for fault in rule(source)] == []


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_rule_notices_what_breaks_it(rule: Rule, path: str, text: str) -> None:
    """A file that breaks a rule is named with its fault."""
    faults = list(rule(Source(path, text)))
    assert faults
    assert all(fault.startswith(path) for fault in faults)


@pytest.mark.parametrize(("rule", "path", "text"), ALLOWED)
def test_a_rule_leaves_alone_what_it_allows(rule: Rule, path: str, text: str) -> None:
    """The exceptions that a rule names are exceptions."""
    assert list(rule(Source(path, text))) == []


def test_the_rules_read_the_whole_project() -> None:
    """The files that the rules read are there, in the code as in the tests."""
    paths = {source.path for source in rules.sources()}
    assert {"bot/ports/store.py", "prompts/__init__.py", "handlers/__init__.py", "tests/house/rules.py"} <= paths
