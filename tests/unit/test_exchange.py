from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from bot.domain.judge import FRAMEWORK_SPECIFIC
from bot.domain.own_question import own_faults
from bot.domain.question import Facet, LookFor, Pitfall, Probe, Question
from bot.infra.library import packaged_library
from bot.infra.library.exchange import read_brought
from bot.views.facilitating.question_files import WRITERS, as_csv

LIBRARY = packaged_library()
KEYS = [section.key for section in LIBRARY.framework.sections]
HOSTILE = (
    "=cmd|' /C calc'!A0 @everyone <!channel> \"quoted\", ---: [x](y) # no | heading; "
    "\N{GRINNING FACE} שלום 日本 \\u0041 {a: b}"
)
SHORT = Question(
    id="own-short-1", title="Short", kind="design", topic="evals", level=2, minutes=20, prompt="What would you test?",
    emphasis={}, look_for={},
)  # fmt: skip
NOTED = replace(
    SHORT,
    id="own-noted-1",
    title=HOSTILE,
    prompt=f"--- {HOSTILE}",
    givens=(HOSTILE, "- a given with a dash", "## 3 users"),
    emphasis={"s1": 0, "s4": 3, "s6": 2},
    look_for={
        "s4": (
            LookFor(id="a", point=HOSTILE, specific="-> how -> much", facets=frozenset({Facet.NUMBER, Facet.IMPACT})),
        ),
        "s6": (LookFor(id="b", point="a stop rule", specific="a number"),),
    },
    pitfalls=(Pitfall(HOSTILE, (HOSTILE, "x, y")),),
    probes=(Probe("a", HOSTILE),),
    outline=(f"{HOSTILE} [assumed]", "12 users. [assumed]"),
    runner_up="## Outline",
    variants=("'=1+1", "the same, on-prem"),
    refresh_by=date(2027, 1, 1),
    status="retired",
)
FORMS = sorted(WRITERS)


def read(text: str, ending: str) -> tuple[list[Question], list[str]]:
    brought, faults = read_brought(f"bank.{ending}", text.encode(), KEYS)
    return [each.question for each in brought], [str(fault) for fault in faults]


@pytest.mark.parametrize("form", FORMS)
def test_what_is_exported_is_imported_as_it_was(form: str) -> None:
    """Every packaged question, a short one, and one full of markup, formulas and scripts come back equal."""
    questions = [*LIBRARY.questions.values(), SHORT, NOTED]
    found, faults = read(WRITERS[form](questions), form)
    assert faults == []
    assert found == questions


@pytest.mark.parametrize("form", FORMS)
def test_exporting_again_gives_the_same_file(form: str) -> None:
    """Export, import and export again: the second file is the first, byte by byte."""
    first = WRITERS[form]([*LIBRARY.questions.values(), NOTED])
    assert WRITERS[form](read(first, form)[0]) == first


def test_a_cell_never_begins_as_a_formula() -> None:
    """No cell of an exported CSV begins with what a spreadsheet would run."""
    for row in csv.reader(io.StringIO(as_csv([NOTED, replace(SHORT, title="-1", prompt="\t=x")]), newline="")):
        assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r")]


def test_a_title_a_prompt_and_a_topic_are_enough() -> None:
    """A file with three columns makes questions with defaults, ids of their own, and no fault."""
    text = "title;prompt;topic\nMuseum guide;How would you test it?;evals\nマニュアル;どう評価しますか。;rag-systems\n"
    (one, other), faults = read(f"\ufeff{text}", "csv")
    assert faults == []
    assert (one.level, one.kind, one.minutes, one.status, one.emphasis) == (2, "design", 20, "ready", {})
    assert one.id.startswith("own-museum-guide-")
    assert one.id != other.id
    assert own_faults(one, LIBRARY.facts, LIBRARY.topics) == own_faults(other, LIBRARY.facts, LIBRARY.topics) == []


def test_notes_in_a_cell_may_be_written_as_in_the_form() -> None:
    """A CSV cell with notes a line each gives the points, and the weights that follow from them."""
    text = 'title,prompt,topic,look_for\nGuide,What?,evals,"s4: what is lost -> by how much\ns4: a smaller model"\n'
    (question,), faults = read(text, "csv")
    assert faults == []
    assert [(point.point, point.specific) for point in question.look_for["s4"]] == [
        ("what is lost", "by how much"), ("a smaller model", FRAMEWORK_SPECIFIC),
    ]  # fmt: skip
    assert question.emphasis["s4"] == 3


MARKDOWN = """---
title: One
topic: evals
---
## Prompt
What is one?

---
title: Two
topic: evals
level: high
---
## Prompt
What is two?
"""
JSON = """[
  {"title": "One", "prompt": "What?", "topic": "evals"},
  {
    "title": "Two",
    "prompt": "What?",
    "topic": "evals",
    "look_for": {
      "s9": [{"point": "x"}]
    }
  },
  {"title": "Three", "topic": "evals"}
]"""
CSV = 'title,prompt,topic,level\nOne,"What\nis it?",evals,1\nTwo,What?,evals,high\n'


@pytest.mark.parametrize(
    ("text", "ending", "fault"),
    [
        (MARKDOWN, "md", "bank.md:11: level: Input should be a valid integer"),
        (MARKDOWN.replace("level: high", "colour: red"), "md", "bank.md:11: colour: is no field of a question"),
        (MARKDOWN.replace("level: high", "level: [1"), "md", "bank.md:12: front matter: is not YAML"),
        ("# Notes\n", "md", "bank.md:1: front matter: the file must start with"),
        (JSON, "json", "bank.json:8: look_for.s9: is no section; there are s1"),
        (JSON, "json", "bank.json:11: prompt: is missing"),
        (JSON.replace('"level"', '"x"')[:-1], "json", "bank.json:12: file: ends before its list does"),
        ("[1]", "json", "bank.json:1: question: must be an object"),
        ('{"title": "One",}', "json", "bank.json:1: file: is not JSON"),
        ("[" * 100_000, "json", "bank.json:1: file: is nested too deeply"),
        (CSV, "csv", "bank.csv:4: level: Input should be a valid integer"),
        (CSV.replace("level", "colour"), "csv", "bank.csv:1: colour: is no column"),
        (CSV.replace(",topic", ",title"), "csv", "bank.csv:1: topic: is missing as a column"),
        (CSV.replace("high", "1,2"), "csv", "bank.csv:4: row: has 5 cells, 4 columns"),
        ('title,prompt,topic,probes\nOne,What?,evals,"none"\n', "csv", "bank.csv:2: probes: must be JSON"),
        ('title,prompt,topic,look_for\nOne,What?,evals,"a move"\n', "csv", "bank.csv:2: look_for: line 1 must begin"),
        (f"title,prompt,topic\n{'x' * 200_000},What?,evals\n", "csv", "bank.csv:2: file: is not CSV: field larger"),
        ("", "csv", "bank.csv:1: title: is missing as a column"),
        ("[]", "json", "bank.json:1: file: holds no question"),
        ("x", "xlsx", "bank.xlsx:1: file: its name must end in .md, .csv, .json"),
    ],
)  # fmt: skip
def test_a_malformed_file_names_file_line_field_and_rule(text: str, ending: str, fault: str) -> None:
    """Each kind of fault is named with the file, the line that it stands on, the field and the rule."""
    assert any(found.startswith(fault) for found in read(text, ending)[1]), read(text, ending)[1]


def test_a_file_that_is_no_text_is_a_fault() -> None:
    """Bytes that are not UTF-8 are named with their line."""
    _, faults = read_brought("bank.csv", b"title,prompt,topic\nOne,\xff,evals\n", KEYS)
    assert [str(fault) for fault in faults] == ["bank.csv:2: file: is not UTF-8 text"]


def test_a_rule_of_a_question_is_named_with_its_line() -> None:
    """What breaks a rule of the bank is found again in the file, in a list of a list too."""
    data = [{"title": "One", "prompt": "What?", "topic": "evals", "look_for": {"s4": [{"point": "x" * 500}]}}]
    (made,), _ = read_brought("bank.json", json.dumps(data, indent=1).encode(), KEYS)
    (found,) = own_faults(made.question, LIBRARY.facts, LIBRARY.topics)
    assert str(made.fault(found.field, found.rule)).startswith("bank.json:8: look_for.s4.0: must have at most 400")
