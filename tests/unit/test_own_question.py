from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.judge import FRAMEWORK_SPECIFIC, with_framework_points
from bot.domain.own_question import MOST_ID_CHARS, Typed, own_faults, own_id, question_of, typed_of
from bot.domain.question import Fault, Question
from bot.infra.library import packaged_library

LIBRARY = packaged_library()
TOPICS, FRAMEWORK = LIBRARY.topics, LIBRARY.framework
KEYS = [section.key for section in FRAMEWORK.sections]
TODAY = date(2026, 11, 23)
PROMPT = "How would you cut the cost of a museum guide by half, and what would you lose?"
GOOD = Typed("Museum guide", PROMPT, about="evals")


def read(typed: Typed, before: Question | None = None) -> tuple[Question, list[Fault]]:
    return question_of(typed, "own-museum-guide", KEYS, TOPICS, before)


def test_title_prompt_and_topic_are_enough() -> None:
    """A question needs a title, a prompt and a topic; without notes the framework's points judge all sections."""
    made, found = read(GOOD)
    assert found == []
    assert (made.topic, made.level, made.kind, made.minutes, made.emphasis) == ("evals", 2, "design", 20, {})
    assert set(with_framework_points(made, FRAMEWORK).look_for) == {"s1", "s2", "s3", "s4", "s5", "s6"}


def test_notes_name_a_section_a_move_and_what_makes_it_specific() -> None:
    """Each line of notes is a point; the sections with most are the heart, and the others are not asked."""
    notes = "s4: says what is lost -> by how much\n- 4: names a smaller model\ns6: a stop rule → a number"
    made, found = read(replace(GOOD, notes=notes, about="stretch, tradeoff, evals"))
    assert found == []
    assert made.emphasis == {"s1": 0, "s2": 0, "s3": 0, "s4": 3, "s5": 0, "s6": 2}
    assert [(point.point, point.specific) for points in made.look_for.values() for point in points] == [
        ("says what is lost", "by how much"),
        ("names a smaller model", FRAMEWORK_SPECIFIC),
        ("a stop rule", "a number"),
    ]
    assert (made.level, made.kind, made.minutes) == (3, "tradeoff", 25)


def test_what_is_weighed_without_notes_has_the_framework_s_points() -> None:
    """A section that is weighed and that nobody noted is judged on the framework's own points; the others stay."""
    made, _ = read(replace(GOOD, notes="s4: says what is lost -> by how much"))
    weighed = replace(made, emphasis={"s3": 2, "s4": 3})
    judged = with_framework_points(weighed, FRAMEWORK)
    assert judged.look_for["s4"] == made.look_for["s4"]
    assert [point.id for point in judged.look_for["s3"]][:2] == ["s3-1", "s3-2"]
    assert set(judged.look_for) == {"s3", "s4"}


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"title": ""}, "title", "1 to 60 characters"),
        ({"title": "x" * 61}, "title", "has 61"),
        ({"prompt": ""}, "prompt", "1 to 60 words"),
        ({"prompt": "word " * 61}, "prompt", "has 61"),
        ({"prompt": "One? Two? Three?"}, "prompt", "at most 2 sentences"),
        ({"givens": "One given with 3 users"}, "givens", "2 to 5 entries"),
        ({"givens": "many users\nlittle money"}, "givens", "a number with a unit"),
        ({"givens": f"3 users\n{'x' * 401}"}, "givens", "1 to 400 characters"),
        ({"notes": "says what is lost"}, "notes", "line 1 must begin with a section"),
        ({"notes": "s7: says what is lost"}, "notes", "s1, s2, s3"),
        ({"notes": "\n".join(f"s{1 + each % 6}: a move" for each in range(13))}, "notes", "at most 12 lines, has 13"),
        ({"notes": "\n".join(["s4: a move"] * 5)}, "notes", "1 to 4 entries, has 5"),
        ({"about": ""}, "about", "needs a topic"),
        ({"about": "evls"}, "about", "did you mean evals?"),
        ({"about": "evals 2 3"}, "about", "does not know “3”"),
    ],
)
def test_a_fault_names_the_field_and_the_rule(wrong: dict[str, str], field: str, says: str) -> None:
    """Each rule that a typed question can break is named with its field."""
    _, found = read(replace(GOOD, **wrong))
    assert [fault.field for fault in found] == [field]
    assert says in found[0].rule


def test_words_that_are_topic_and_kind_are_told_apart() -> None:
    """The first word that is a topic is the topic; the same word again is the kind."""
    made, found = read(replace(GOOD, about="metrics metrics warm-up"))
    assert (made.topic, made.kind, made.level, found) == ("metrics", "metrics", 1, [])


@pytest.mark.parametrize("question", LIBRARY.questions.values(), ids=lambda question: question.id)
def test_a_packaged_question_goes_through_the_form_unchanged(question: Question) -> None:
    """Opening a complete question in the form and sending it back changes nothing of it."""
    made, found = question_of(typed_of(question), question.id, KEYS, TOPICS, question, LIBRARY.facts)
    assert made == question
    assert found == []


def test_changing_one_note_keeps_the_others() -> None:
    """When one note is written anew, the others keep their ids and facets, and probes stay with their points."""
    before = LIBRARY.questions["rag-ferry-handbook"]
    typed = typed_of(before)
    first = before.look_for["s1"][0]
    notes = typed.notes.replace(first.point, "Counts the tokens")
    made, _ = question_of(replace(typed, notes=notes), before.id, KEYS, TOPICS, before)
    assert made.look_for["s3"] == before.look_for["s3"]
    assert made.look_for["s1"][0].point == "Counts the tokens"
    assert made.probes == before.probes


def test_a_complete_question_is_held_to_every_rule() -> None:
    """A question with an outline is held to the rules of the packaged bank, facts and dates too; a short one is not."""
    whole = LIBRARY.questions["rag-ferry-handbook"]
    assert own_faults(whole, LIBRARY.facts, TOPICS, TODAY) == []
    broken = replace(whole, pitfalls=(), facts=("no-such-fact", *whole.facts[1:]), refresh_by=date(2026, 1, 1))
    assert {fault.field for fault in own_faults(broken, LIBRARY.facts, TOPICS, TODAY)} >= {
        "pitfalls", "facts.0", "refresh_by",
    }  # fmt: skip
    assert own_faults(read(GOOD)[0], LIBRARY.facts, TOPICS, TODAY) == []


def test_ids_are_short_and_come_from_the_event() -> None:
    """The same event gives the same id, another event another one; titles of any script and length make one."""
    assert own_id("Museum guide: 2 plans!", "e1") == own_id("Museum guide: 2 plans!", "e1")
    assert own_id("Museum guide: 2 plans!", "e1").startswith("own-museum-guide-2-plans-")
    assert own_id("Museum guide", "e1") != own_id("Museum guide", "e2")
    for title in ("どうやって作りますか", "\N{GRINNING FACE}", "", "\ud800", "x" * 500, "Éclair à l’école"):
        made = own_id(title, "e1")
        assert len(made) <= MOST_ID_CHARS
        assert own_faults(replace(read(GOOD)[0], id=made), (), TOPICS) == []
