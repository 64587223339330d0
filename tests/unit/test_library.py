from __future__ import annotations

import sys
from datetime import date

import pytest

import prompts
from bot.infra.library import FileFaulty, check
from bot.infra.library.check import check_packaged
from bot.infra.library.questions import read_question
from tests.house.programs import run
from tests.house.rules import ROOT
from tests.reviews import library

TODAY = date(2026, 11, 21)
PATH = "prompts/questions/rlhf-pipeline/nurse-line-label-source.md"


def keys() -> list[str]:
    return [section.key for section in library().framework.sections]


def text() -> str:
    return prompts.question_sources()[PATH]


def faults_of(texts: dict[str, str], today: date = TODAY) -> list[str]:
    return [str(fault) for fault in check(texts, library().framework, library().facts, library().topics, today)]


def line_with(part: str) -> int:
    return next(number for number, line in enumerate(text().splitlines(), start=1) if part in line)


def test_the_packaged_bank_has_no_fault() -> None:
    """Every packaged question keeps every rule that a machine can check, and the bank covers topics and sections."""
    assert check_packaged(TODAY) == []


def test_every_topic_but_product_cases_has_a_question() -> None:
    """Each topic of the fact file has a ready question; product cases are no question's topic."""
    asked = {question.topic for question in library().questions.values() if question.status == "ready"}
    assert asked == set(library().topics) - {"product-cases"}


def test_a_question_is_read_whole() -> None:
    """Every part of a question file arrives in the question, sections in the framework's order."""
    question = read_question(PATH, text(), keys()).question
    assert question.weighed == ("s1", "s2", "s3", "s4", "s6")
    assert question.look_for["s4"][0].id == "limits-of-paper"
    assert question.pitfalls[0].words[0] == "research shows they are equal"
    assert question.probes[0].point_id == "missing-comparison"
    assert question.givens[0].startswith("The plan asks for 40,000 compared pairs")
    assert question.outline[0].endswith("[assumed]")
    assert question.runner_up.startswith("Nurses only")
    assert question.refresh_by == date(2027, 5, 15)


@pytest.mark.parametrize(
    ("old", "new", "field", "rule"),
    [
        ("level: 3", "level: three", "level", "valid integer"),
        ("kind: tradeoff", "kinds: tradeoff", "kinds", "Extra inputs are not permitted"),
        ("      facets: [number]", "      facets: [numbers]", "look_for.s1.1.facets.0", "Input should be"),
        ("topic: rlhf-pipeline", "topic: evals", "topic", "must equal the folder's name"),
        ("id: nurse-line-label-source", "id: nurse", "id", "must equal the file's name"),
        ("s5: 0, s6: 2}", "s5: 0, s7: 2}", "emphasis.s7", "is no section"),
    ],
)
def test_a_malformed_question_names_file_line_field_and_rule(old: str, new: str, field: str, rule: str) -> None:
    """A question that cannot be read says which file, line and field break which rule."""
    line = line_with(old.strip())
    faults = faults_of({PATH: text().replace(old, new, 1)})
    named = [fault for fault in faults if fault.startswith(f"{PATH}:{line}: {field}: ")]
    assert len(named) == 1
    assert rule in named[0]


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        ("", 1, "front matter: the file must start"),
        ("---\nid: x\n", 1, "front matter: the front matter has no closing line"),
        ("---\nid: [x\nb: c\n---\n", 3, "front matter: is not YAML"),
        ("---\n- a\n---\n", 2, "front matter: must be keys with values"),
    ],
)
def test_a_file_that_is_no_question_is_named(content: str, line: int, part: str) -> None:
    """Text that is no front matter at all is one fault with its line, not a crash."""
    assert any(fault.startswith(f"{PATH}:{line}: {part}") for fault in faults_of({PATH: content}))


def test_a_missing_part_of_the_body_is_a_fault() -> None:
    """The four headings of the body must all be there, once each."""
    with pytest.raises(FileFaulty, match="must have the headings Prompt, Givens, Outline, Runner-up"):
        read_question(PATH, text().replace("## Givens", "## Given"), keys())


def test_a_rule_of_the_domain_is_reported_with_its_line() -> None:
    """A fault that the domain finds on the question is reported at the line where the field stands."""
    faults = faults_of({PATH: text().replace("minutes: 25", "minutes: 26")})
    assert any(fault.startswith(f"{PATH}:{line_with('minutes: 25')}: minutes: ") for fault in faults)
    number = next(at for at, line in enumerate(text().splitlines(), start=1) if line.startswith("- Price: all by"))
    unmarked = text().replace(" [preference-label-cost] [assumed]", "")
    assert any(fault.startswith(f"{PATH}:{number}: outline") for fault in faults_of({PATH: unmarked}))


def test_a_date_that_has_passed_is_a_fault() -> None:
    """A question whose facts had to be looked at again by a date is a fault only after it."""
    overdue = [fault for fault in faults_of({PATH: text()}, date(2028, 1, 1)) if "refresh_by" in fault]
    assert len(overdue) == 1
    assert not [fault for fault in faults_of({PATH: text()}) if "refresh_by" in fault]


def test_doubles_are_found() -> None:
    """A second file with the same id, or with nearly the same prompt, is a fault of the later one."""
    other = PATH.replace("rlhf-pipeline", "evals")
    faults = faults_of({PATH: text(), other: text().replace("topic: rlhf-pipeline", "topic: evals")})
    assert any(f"{other}:" in fault and f"id: is taken by {PATH}" in fault for fault in faults)
    assert any(f"{other}:" in fault and "says nearly the same as the prompt" in fault for fault in faults)


async def test_the_nearest_facts_speak_of_the_same_things() -> None:
    """A text on one subject brings facts on it, at most as many as asked, the nearest first."""
    near = await library().nearest_facts("RLHF with PPO uses a KL penalty to keep the policy near its start", 8)
    assert 0 < len(near) <= 8
    assert near[0].topic == "rlhf-pipeline"
    assert "kl-penalty-role" in [fact.id for fact in near]
    assert len(await library().nearest_facts("RLHF with PPO", 1)) == 1


@pytest.mark.parametrize("nothing", ["", "\U0001f600\U0001f600", "zzzzzz qqqq", "\x00\u202e", "the of and"])
async def test_a_text_that_shares_no_word_has_no_nearest_fact(nothing: str) -> None:
    """No fact is better than a wrong one."""
    assert list(await library().nearest_facts(nothing, 8)) == []


def test_the_index_is_not_imported_before_it_is_needed() -> None:
    """Loading the library imports neither the index nor numpy."""
    code = (
        "import sys; from bot.infra.library import packaged_library; packaged_library(); "
        "print(sorted({'bm25s', 'numpy', 'anthropic'} & sys.modules.keys()))"
    )
    assert run(sys.executable, "-c", code, cwd=ROOT).stdout.strip() == "[]"
