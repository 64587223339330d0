"""Which question comes next."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.choosing import TOPIC_GAP, pick
from bot.domain.question import Question, practice
from tests.unit.question_case import TOPICS, question

ROOT = Path(__file__).parents[2]
MONDAY = date(2026, 11, 23)


def choose(bank: Sequence[Question], used: Sequence[str], seed: str) -> Question | None:
    """The question of the next day of a group that posts daily since a Monday."""
    chosen = pick(bank, used, MONDAY + timedelta(len(used)), seed)
    return next((each for each in bank if chosen and each.id == chosen.question_id), None)


def play(bank: Sequence[Question], count: int, seed: str) -> list[Question]:
    """The questions of `count` posts in a row."""
    asked: list[Question] = []
    for _ in range(count):
        chosen = choose(bank, [each.id for each in asked], seed)
        assert chosen is not None
        asked.append(chosen)
    return asked


banks = st.lists(st.sampled_from(TOPICS), min_size=1, max_size=24).map(
    lambda topics: [question(f"q-{number}", topic) for number, topic in enumerate(topics)]
)


@given(banks, st.text(max_size=5))
def test_no_question_comes_again_before_all_were_asked(bank: list[Question], seed: str) -> None:
    """The first round asks every ready question exactly once."""
    assert {each.id for each in play(bank, len(bank), seed)} == {each.id for each in bank}


@settings(max_examples=50)
@given(banks, st.text(max_size=5))
def test_a_question_rests_for_half_the_bank(bank: list[Question], seed: str) -> None:
    """After the first round a question comes again only when half the bank came since, and none is forgotten."""
    asked = [each.id for each in play(bank, 4 * len(bank), seed)]
    for place in range(len(bank), len(asked)):
        since = asked[max(0, place - len(bank) // 2) : place]
        assert asked[place] not in since
    assert set(asked[len(bank) :]) == {each.id for each in bank}


@given(st.permutations([*TOPICS, *TOPICS, *TOPICS]), st.text(max_size=5))
def test_topics_rest_for_five_posts_when_the_bank_allows(topics: list[str], seed: str) -> None:
    """With seven topics of three questions each no topic comes twice within five posts, over several rounds."""
    bank = [question(f"q-{number}", topic) for number, topic in enumerate(topics)]
    asked = [each.topic for each in play(bank, 63, seed)]
    for place, topic in enumerate(asked):
        assert topic not in asked[max(0, place - TOPIC_GAP) : place]


@given(st.integers(1, 6), st.integers(0, 6), st.text(max_size=5))
def test_no_topic_comes_twice_running_when_the_rest_allows(more: int, fewer: int, seed: str) -> None:
    """With two topics the first round alternates, as far as the smaller one reaches."""
    fewer = min(more, fewer)
    bank = [question(f"a-{n}", "evals") for n in range(more)] + [question(f"b-{n}", "metrics") for n in range(fewer)]
    asked = [each.topic for each in play(bank, more + fewer, seed)]
    doubles = sum(one == other for one, other in pairwise(asked))
    assert doubles == max(0, more - fewer - 1)


def test_only_ready_questions_are_asked() -> None:
    """Drafts and retired questions are never chosen, though a retired one still says which topic an old post had."""
    bank = [question("old", "evals", status="retired"), question("new", "metrics", status="draft")]
    assert choose(bank, [], "seed") is None
    bank += [question("same", "evals"), question("other", "rag-systems")]
    assert all(choose(bank, ["old"], seed) == bank[3] for seed in "abcdefgh")


def test_a_new_question_comes_before_any_repeat() -> None:
    """A question added after a full round is asked next, and posts of questions that are gone do no harm."""
    bank = [question("a", "evals"), question("b", "metrics"), question("c", "metrics")]
    chosen = choose(bank, ["gone", "a", "b"], "seed")
    assert chosen is not None
    assert chosen.id == "c"


@given(banks, st.data(), st.text(max_size=5))
def test_the_order_of_the_bank_does_not_matter(bank: list[Question], data: st.DataObject, seed: str) -> None:
    """The same questions in another order give the same choice, in the first round and after it."""
    mixed = data.draw(st.permutations(bank))
    used = data.draw(st.lists(st.sampled_from([each.id for each in bank])))
    assert choose(mixed, used, seed) == choose(bank, used, seed)
    assert practice(mixed, None, None, used, seed) == practice(bank, None, None, used, seed)


def test_every_process_chooses_alike() -> None:
    """Another process, with another hash seed, chooses the same questions."""
    program = (
        "from tests.unit.test_question_choice import *\n"
        "bank = [question(f'q-{n}', TOPICS[n % 7]) for n in range(14)]\n"
        "print(*[each.id for each in play(bank, 20, 'group-7')], practice(bank, None, None, {'q-1'}, 's').id)"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    assert len(runs.pop().split()) == 21


def test_different_seeds_give_different_orders() -> None:
    """Groups with different seeds do not all get the same first question."""
    bank = [question(f"q-{n}", TOPICS[n % 7]) for n in range(14)]
    assert len({play(bank, 1, f"group-{n}")[0].id for n in range(20)}) > 3


def test_practice_prefers_the_main_topic() -> None:
    """An extra question has the topic as its main one if any has, else beside another."""
    bank = [question("main", "api-design", also=()), question("side", "evals", also=("api-design",))]
    assert all(practice(bank, "api-design", None, (), seed) == bank[0] for seed in "abcdefgh")
    assert practice(bank, "api-design", None, {"main"}, "a") == bank[1]
    assert practice(bank, "api-design", None, {"main", "side"}, "a") is None


def test_practice_keeps_to_level_and_status() -> None:
    """An extra question has the level that was asked for and is ready; without a wish any ready one will do."""
    bank = [question("easy", level=1), question("hard", level=3), question("draft", level=3, status="draft")]
    assert practice(bank, None, 3, (), "a") == bank[1]
    assert practice(bank, "evals", 1, (), "a") == bank[0]
    assert practice(bank, "metrics", 2, (), "a") is None
    assert practice(bank, "cooking", None, (), "a") is None
    assert all(practice(bank, None, None, (), seed) in bank[:2] for seed in "abcdefgh")
