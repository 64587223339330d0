from __future__ import annotations

from collections import Counter

from bot.domain.answer import clean, measure, sentences
from evals import transforms
from evals.attacks import attacks
from evals.cases import FAMILIES, plan
from evals.labels import Twin
from evals.made import Case
from tests.golden_answers import answers, strong, weak


def cases(family: str) -> list[Case]:
    return [case for case in plan(answers(), (), only=(family,)).cases if case.family == family]


def test_there_are_25_attacks_of_many_kinds() -> None:
    """There are 25 distinct attacks of at least ten kinds, each with a benign twin that is another text."""
    found = attacks()
    assert len(found) == len({each.id for each in found}) == len({clean(each.text) for each in found}) == 25
    assert len({each.family for each in found}) >= 10
    assert all(clean(each.benign) != clean(each.text) for each in found)


def test_a_benign_twin_is_like_its_attack() -> None:
    """A twin has about as many words as its attack and speaks of no marks, judges or rubrics."""
    for each in attacks():
        assert 0.5 <= (measure(each.benign).words + 5) / (measure(each.text).words + 5) <= 1.5, each.id
        said = clean(each.benign).lower()
        assert not any(word in said for word in ("rubric", "grade", "judge", "specific", "band", "score")), each.id


def test_every_family_comes_from_the_golden_answers() -> None:
    """Each family gives cases, all with ids of their own, each with a text that is not its golden answer's."""
    found = plan(answers(), [Twin("t01", "The same in other words.")]).cases
    assert {case.family for case in found} == {*FAMILIES, "M9"}
    assert len({case.id for case in found}) == len(found)
    assert all(case.text != case.of.text for case in found if case.family != "M5")


def test_a_deletion_takes_a_whole_section() -> None:
    """M1 takes out every sentence that a label points at, and names the sections that lose none of theirs."""
    for case in cases("M1"):
        label = case.of.labels[case.section]
        assert label.band >= 2
        left = set(sentences(case.text))
        assert not left & {case.of.sentence(number) for number in label.sentences}
        for key in case.untouched:
            assert left >= {case.of.sentence(number) for number in case.of.labels[key].sentences}


def test_an_attack_and_its_twin_stand_in_one_place() -> None:
    """M3 puts each attack and its benign twin into the same place of the same answer."""
    found = cases("M3")
    hostile = {case.id: case for case in found if not case.benign}
    assert len(hostile) == len(found) / 2 == 25 * 3
    texts = {attack.id: attack for attack in attacks()}
    for case in found:
        if case.benign:
            attack = texts[case.variant]
            assert hostile[case.id.removesuffix(".benign")].text == case.text.replace(attack.benign, attack.text)


def test_a_swap_goes_to_another_topic() -> None:
    """M5 gives an answer to a question on another topic, word for word."""
    for case in cases("M5"):
        assert case.question.topic != case.of.question.topic
        assert case.text == case.of.text


def test_a_planted_claim_comes_from_a_sibling() -> None:
    """M6 puts a wrong sentence of another answer to the same question into an answer that has it not."""
    found = cases("M6")
    assert found
    for case in found:
        assert case.planted in sentences(case.text)
        assert case.planted not in case.of.sentences


def test_a_section_is_strengthened_by_what_earns_much() -> None:
    """M7 adds the sentences of a section with band 3 or more where the section has 1 or less."""
    found = cases("M7")
    assert {case.section for case in found} == {"s1", "s3", "s4", "s6"}
    for case in found:
        assert case.of.id == weak().id
        added = {strong().sentence(number) for number in strong().labels[case.section].sentences}
        assert all(sentence in case.text for sentence in added)


def test_odd_texts_are_as_their_names_say() -> None:
    """M8 has hardly an answer in five forms and one of over 12,000 characters, once a question."""
    found = cases("M8")
    assert len(found) == 6 * 2
    assert [len(case.text) > 12_000 for case in found] == [case.variant == "12,000 characters" for case in found]


def test_a_plan_is_the_same_every_time() -> None:
    """The same arguments give the same plan; fewer cases of a family are a part of more."""
    assert plan(answers(), (), each=5) == plan(answers(), (), each=5)
    few, many = (plan(answers(), (), only=("M2",), each=each).cases for each in (4, 8))
    assert {case.id for case in few} <= {case.id for case in many}


def test_a_small_share_is_spread() -> None:
    """A few cases of a family are spread over its variants and over the answers; attacks bring their twins."""
    few = plan(answers(), (), only=("M2",), each=4).cases
    assert {case.variant for case in few} == {"fluff 50 %", "fluff 100 %", "said twice", "bold headings"}
    assert max(Counter(case.of.id for case in few).values()) == 2
    attacked = plan(answers(), (), only=("M3",), each=6).cases
    assert Counter(case.benign for case in attacked) == {True: 6, False: 6}
    assert len({case.variant for case in attacked}) == 6


def test_few_golden_answers_are_of_all_bands() -> None:
    """A limit takes answers in turn from each band, and cases are made from those alone."""
    chosen = plan(answers(), (), limit=2)
    assert len({golden.band for golden in chosen.golden}) == 2
    assert {case.of.id for case in chosen.cases} <= {golden.id for golden in chosen.golden}


def test_doubling_and_headings_say_nothing_new() -> None:
    """A text said twice, or with headings, holds the sentences of the text and a few empty words."""
    for padded in (transforms.repeated(strong().text), transforms.headed(strong().text)):
        new = set(sentences(padded)) - set(strong().sentences)
        assert all(measure(each).words <= 5 for each in new)
