"""The rules of the house that no linter knows, each as a function from one file to its faults."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = ("bot", "evals", "handlers", "prompts")
MOST_FILE_LINES = 350
MOST_FUNCTION_LINES = 40
"""Of a body, without its docstring."""
BANNED_NAMES = frozenset({"base", "common", "helpers", "manager", "utils"})
CLOCK = "bot/infra/clock.py"
SETTINGS = "bot/settings.py"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file. `path` is relative to the checkout, with forward slashes."""

    path: str
    text: str

    @property
    def shipped(self) -> bool:
        """Whether it is part of the wheel."""
        return self.path.split("/")[0] in SHIPPED

    @property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text, self.path)

    def imports(self) -> Iterator[str]:
        """The top-level name of every import, wherever it stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.split(".")[0]


Rule = Callable[[Source], Iterator[str]]
"""Gives one line for each fault."""


def sources() -> list[Source]:
    """Every Python file of the project, in the order of their paths."""
    paths = [path for folder in (*SHIPPED, "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in sorted(paths)]


def file_is_short(source: Source) -> Iterator[str]:
    """A file has at most 350 lines."""
    lines = len(source.text.splitlines())
    if lines > MOST_FILE_LINES:
        yield f"{source.path}: {lines} lines"


def functions_are_short(source: Source) -> Iterator[str]:
    """A function body has at most 40 lines."""
    for function in _functions(source):
        body = function.body[1:] if ast.get_docstring(function) is not None else function.body
        lines = (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
        if lines > MOST_FUNCTION_LINES:
            yield f"{source.path}:{function.lineno}: {function.name} has {lines} lines"


def name_says_something(source: Source) -> Iterator[str]:
    """No file or folder is a drawer for odds and ends."""
    for part in Path(source.path).with_suffix("").parts:
        if part in BANNED_NAMES:
            yield f"{source.path}: {part}"


def time_is_an_argument(source: Source) -> Iterator[str]:
    """Only the clock reads the clock."""
    calls = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
    if source.path != CLOCK:
        yield from _uses(source, calls)


def settings_read_the_environment(source: Source) -> Iterator[str]:
    """Only the settings read environment variables; tests set them for processes that they start."""
    if source.shipped and source.path != SETTINGS:
        yield from _uses(source, {"os.environ", "os.environb", "os.getenv"})


def nothing_is_mocked(source: Source) -> Iterator[str]:
    """No test stands on a mock or replaces our code while it runs."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = [alias.name for alias in node.names]
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if any(f"{module}.{name}".strip(".").startswith("unittest.mock") for name in names):
                yield f"{source.path}:{node.lineno}: unittest.mock"
    yield from _uses(source, {"monkeypatch.setattr", "monkeypatch.setitem", "mocker.patch"})


def nothing_is_skipped(source: Source) -> Iterator[str]:
    """Every test runs, and is expected to pass."""
    marks = {f"pytest.mark.{mark}" for mark in ("skip", "skipif", "xfail")}
    yield from _uses(source, marks | {"pytest.skip", "pytest.xfail", "pytest.importorskip"})


def tests_say_their_rule(source: Source) -> Iterator[str]:
    """The docstring of a test is one sentence: the rule that it checks."""
    for function in _functions(source):
        if not (function.name.startswith("test_") and Path(source.path).name.startswith("test_")):
            continue
        text = ast.get_docstring(function) or ""
        if not text.endswith((".", "?")) or "\n\n" in text or re.search(r"[a-z0-9)]{2}[.?]\s+[A-Z]", text):
            yield f"{source.path}:{function.lineno}: {function.name}: {text!r}"


def _functions(source: Source) -> Iterator[Function]:
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def _uses(source: Source, names: set[str]) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node)
            if any(name == wanted or name.endswith(f".{wanted}") for wanted in names):
                yield f"{source.path}:{node.lineno}: {name}"
