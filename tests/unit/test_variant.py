from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.group import Member, MemberId, QuietHours
from bot.domain.review import Review, SectionReview
from bot.domain.variant import AFTER, UNTIL, due_at, is_long_enough, planned, thin, varied
from bot.views.feedback import variant_card
from tests.reviews import a_question, a_review, library

NIGHT = QuietHours(time(22), time(8))
ZONES = ("Europe/Paris", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Antarctica/Troll")


def a_member(number: int = 1, remind_at: time | None = None) -> Member:
    return Member(id=MemberId(f"U{number}"), name="x", joined_at=datetime(2026, 1, 1, tzinfo=UTC), remind_at=remind_at)


def banded(*rows: tuple[int, int | None]) -> Review:
    """A review with sections of these weights and bands."""
    sections = (
        SectionReview(key=f"s{number}", title="", weight=weight, band=band)
        for number, (weight, band) in enumerate(rows, start=1)
    )
    return replace(a_review(), sections=tuple(sections))


@pytest.mark.parametrize(
    ("review", "key"),
    [
        (banded((3, 2), (2, 4)), None),
        (banded((1, 0), (0, None), (3, None)), None),
        (banded((2, 0), (3, 1), (3, 2)), "s2"),
        (banded((3, 1), (3, 0)), "s2"),
        (banded((2, 1), (2, 1)), "s1"),
        (replace(banded((3, 0)), off_topic=True), None),
    ],
)
def test_a_thin_section_is_one_that_the_question_wants(review: Review, key: str | None) -> None:
    """Of sections that weigh 2 or 3 with band 0 or 1 it is the heaviest, then the weakest; off topic there is none."""
    found = thin(review)
    assert (found.key if found else None) == key


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("made", [datetime(2026, 3, 24, 9, tzinfo=UTC), datetime(2026, 10, 21, 23, 59, tzinfo=UTC)])
@pytest.mark.parametrize("remind_at", [None, time(0), time(18), time(21, 59), time(22)])
def test_it_is_due_after_7_to_10_days_by_day(zone: str, made: datetime, remind_at: time | None) -> None:
    """Whoever it is for, in any zone, over a clock change, it is due 7 to 10 days later and out of quiet hours."""
    review = replace(a_review(), made_at=made)
    for number in range(60):
        at = due_at(review, a_member(number, remind_at), NIGHT, zone)
        assert AFTER <= at - made <= UNTIL
        assert not NIGHT.covers(at.astimezone(ZoneInfo(zone)).time())


def test_they_do_not_come_in_one_hour() -> None:
    """Sixty members who were weak on one day are spread over two days and most hours, the same in every process."""
    due = [due_at(a_review(), a_member(number), NIGHT, "Europe/Paris") for number in range(60)]
    assert due == [due_at(a_review(), a_member(number), NIGHT, "Europe/Paris") for number in range(60)]
    assert len({at.date() for at in due}) >= 2
    hours = Counter(at.replace(minute=0) for at in due)
    assert len(hours) >= 12
    assert max(hours.values()) <= 10


def test_one_of_the_written_changes_is_drawn() -> None:
    """The change is one of the question's own, members get different ones, and without any nothing is planned."""
    question, review = a_question(), banded((3, 1))
    zone, drawn = "Europe/Paris", set()
    for number in range(20):
        made = planned(replace(review, member_id=MemberId(f"U{number}")), question, a_member(number), NIGHT, zone)
        assert made is not None
        drawn.add(made.change)
    assert drawn == set(question.variants)
    assert planned(review, replace(question, variants=()), a_member(), NIGHT, zone) is None
    assert planned(banded((3, 2)), question, a_member(), NIGHT, zone) is None


def test_only_the_thin_section_is_asked_for() -> None:
    """The question as it is judged names the change, and weighs no section but the thin one."""
    question = a_question()
    review = a_review()
    key = question.weighed[0]
    made = planned(banded((3, 1)), question, a_member(), NIGHT, "Europe/Paris")
    assert made is not None
    asked = varied(question, replace(made, section=key))
    assert asked.weighed == (key,)
    assert made.change in asked.prompt
    assert question.prompt in asked.prompt
    assert review.day == made.day


@pytest.mark.parametrize(
    ("text", "enough"),
    [("", False), ("word " * 9, False), ("word " * 10, True), ("字" * 19, False), ("字" * 20, True)],
)
def test_a_few_sentences_are_enough(text: str, enough: bool) -> None:
    """Ten words or twenty CJK characters can be judged."""
    assert is_long_enough(text) is enough


def test_the_cards_hold_whatever_was_written() -> None:
    """Endless titles, prompts, changes, quotes and drafts fit the cards and the form."""
    question = a_question(title="t" * 500, prompt="word " * 900, variants=("x " * 3_000,))
    review, framework = a_review(), library().framework
    section = next(each for each in review.sections if each.points)
    points = tuple(replace(point, quotes=("q" * 4_000, "z" * 4_000)) for point in section.points * 5)
    made = planned(banded((3, 1)), question, a_member(), NIGHT, "Europe/Paris")
    assert made is not None
    judged = replace(made, section=section.key, after=replace(section, reading="r" * 9_000, points=points))
    assert "…" in variant_card.asked(judged, question, framework).plain
    assert "Now: " in variant_card.result(judged, question, framework).plain
    assert len(variant_card.form(judged, question, framework, "y" * 9_000).intro) < 1_500
