from __future__ import annotations

import pytest

from bot.domain.answer import sentences
from bot.domain.judge import open_probe
from bot.domain.review import SelfCheck
from bot.domain.words import stems
from bot.infra.offline import OfflineSelfCheck
from tests.reviews import NOW, TEXT, a_question, an_answer, library, without_notes

STRONG = """Price of the plan: all by nurses 40,000 x 6 = 240,000 euros, four times the budget; by AI 800 in total.
Senior nurses write short rules for the AI labeller and test its bias by showing each pair of answers in both orders.
I like the colour of the building."""


def a_check(text: str) -> SelfCheck:
    checker = OfflineSelfCheck(library().framework)
    return checker(a_question(), an_answer(text), reason="No model is set up here.", retried=True, made_at=NOW)


def test_every_point_becomes_a_question_to_oneself() -> None:
    """Each point of the question appears once, in order, as a question."""
    question, check = a_question(), a_check(TEXT)
    looks = [look for key in question.weighed for look in question.look_for[key]]
    assert [(point.id, point.point) for point in check.points] == [(look.id, look.point) for look in looks]
    assert all("?" in point.ask for point in check.points)
    assert check.weights == {key: question.emphasis[key] for key in question.weighed}


def test_a_sentence_is_shown_only_where_its_words_match() -> None:
    """A sentence that speaks of a point is found for it; one about something else is found for none."""
    found = {point.id: point.found for point in a_check(STRONG).points if point.found}
    said = sentences(STRONG)
    assert found["price-both"] == (said[0],)
    assert found["who-writes-rules"] == (said[1],)
    assert said[2] not in {quote for quotes in found.values() for quote in quotes}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\U0001f600 \U0001f600",
        "word",
        "\u200b\u200b",
        "مرحبا بكم في المدينة",
        "我们使用混合检索和重排序来提高质量。",
        "a" * 40_000,
        "\x00\x01\ufffd",
    ],
)
def test_an_answer_with_nothing_to_find_gets_all_questions_and_no_sentence(text: str) -> None:
    """Whatever the text, the questions and a probe are there, and nothing is claimed to be found."""
    check = a_check(text)
    assert len(check.points) == 10
    assert not [point for point in check.points if point.found]
    assert check.probe == open_probe(a_question(), ())


def test_the_probe_is_of_the_heaviest_point_without_a_sentence() -> None:
    """The probe is a human-written one for the heaviest point that no sentence was found for."""
    question, check = a_question(), a_check(TEXT)
    covered = {point.id for point in check.points if point.found}
    asked = next(probe for probe in question.probes if probe.ask == check.probe)
    section = {look.id: key for key, looks in question.look_for.items() for look in looks}
    open_weights = [
        question.emphasis[section[probe.point_id]] for probe in question.probes if probe.point_id not in covered
    ]
    assert asked.point_id not in covered
    assert question.emphasis[section[asked.point_id]] == max(open_weights)


def test_a_question_without_notes_is_checked_against_the_framework() -> None:
    """Without notes, the framework's own points are the questions, and no probe is invented."""
    checker = OfflineSelfCheck(library().framework)
    check = checker(without_notes(), an_answer(), reason="No model.", retried=False, made_at=NOW)
    listed = [point for section in library().framework.sections for block in section.blocks for point in block.points]
    assert len(check.points) == len(listed)
    assert check.probe == ""


def test_every_point_of_the_bank_reads_as_a_question() -> None:
    """Each packaged note is put up as a question, with what would make it specific."""
    for question in library().questions.values():
        answer = an_answer("One sentence.")
        check = OfflineSelfCheck(library().framework)(
            question, answer, reason="", retried=False, made_at=answer.parts[0].sent_at
        )
        for point in check.points:
            assert point.ask.startswith(f"{point.point.rstrip('.?')}? To be specific: ")


@pytest.mark.parametrize(
    ("one", "other"), [("policies", "policy"), ("measured", "measuring"), ("labels", "label"), ("prices", "pricing")]
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    """Singular, plural and verb forms meet in one stem; function words have none."""
    assert stems(one) == stems(other) != []
    assert stems("the of and would") == []
