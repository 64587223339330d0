from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.duty import LIFE, CallOff, Duty, DutyState, assigned, called_off, declined, expired, reminded
from bot.domain.duty import given as review_given
from bot.domain.group import MemberId
from bot.domain.peer_plan import INBOX_AFTER, RELIEF_AFTER, Plan, Standing, plan, standing
from tests.unit.peers_case import HOUR, NOW, answer, duty, member

ACTS = ("nothing", "give", "decline", "away", "nobody to ask")


@dataclass
class Played:
    """One answer whose plan is carried out to the end; what people do comes from `acts`, one at each look."""

    acts: list[str]
    wanted: int
    known: dict[MemberId, Duty] = field(default_factory=dict)
    looks: int = 0
    inbox: bool = False
    asked_late: bool = False

    def to_the_end(self) -> datetime:
        now, upcoming = NOW, 8
        at: datetime | None = NOW
        while at is not None:
            now = max(now, at)
            self.looks += 1
            assert self.looks < 200
            act = self.acts.pop(0) if self.acts else "nothing"
            self._people(act, now)
            made = self.planned(now)
            self._do(made, now, 0 if act == "nobody to ask" else upcoming)
            upcoming = max(upcoming - made.ask, 0)
            again = self.planned(now)
            assert (again.remind, again.expire) == ((), ())
            assert again.ask == 0 or act == "nobody to ask" or not upcoming
            assert again.look_at is None or again.look_at > now
            at = again.look_at
        return now

    def planned(self, now: datetime) -> Plan:
        return plan(list(self.known.values()), answered_at=NOW, wanted=self.wanted, now=now)

    def _people(self, act: str, now: datetime) -> None:
        first = next((known for known in self.known.values() if known.is_open), None)
        if first is None:
            return
        steps = {
            "give": lambda: review_given(first, now),
            "decline": lambda: declined(first, now),
            "away": lambda: called_off(first, now, CallOff.AWAY),
        }
        if act in steps:
            self.known[first.reviewer_id] = steps[act]()

    def _do(self, made: Plan, now: datetime, upcoming: int) -> None:
        for each in made.expire:
            self.known[each.reviewer_id] = expired(each, now)
        for each in made.remind:
            self.known[each.reviewer_id] = reminded(each)
        for _ in range(min(made.ask, upcoming)):
            reviewer = member(len(self.known) + 1)
            self.known[reviewer] = assigned(answer(0), reviewer, now=now, quiet=None, zone="UTC")
            self.asked_late |= now >= NOW + INBOX_AFTER
        self.inbox |= made.to_inbox


@given(st.lists(st.sampled_from(ACTS), max_size=30), st.integers(1, 2))
def test_every_duty_ends_and_no_answer_is_left_with_nothing(acts: list[str], wanted: int) -> None:
    """Whatever people do, in 60 hours all duties have ended, and there is a review or an entry in the inbox."""
    played = Played(list(acts), wanted)
    ended_at = played.to_the_end()
    assert ended_at <= NOW + INBOX_AFTER + LIFE
    assert not any(known.is_open for known in played.known.values())
    reviewed = any(known.state is DutyState.GIVEN for known in played.known.values())
    assert reviewed or played.inbox
    assert not played.asked_late


def test_a_review_that_is_missing_is_asked_of_another() -> None:
    """Nine hours after the asking an answer without any review asks one person more, and only one."""
    known = [duty(0, 1), duty(0, 2)]
    early = plan(known, answered_at=NOW, wanted=2, now=NOW + RELIEF_AFTER - HOUR)
    assert (early.ask, early.look_at) == (0, NOW + RELIEF_AFTER)
    assert plan(known, answered_at=NOW, wanted=2, now=NOW + RELIEF_AFTER).ask == 1
    more = [*known, duty(0, 3, NOW + RELIEF_AFTER)]
    assert plan(more, answered_at=NOW, wanted=2, now=NOW + RELIEF_AFTER).ask == 0
    assert plan(more, answered_at=NOW, wanted=2, now=NOW + 2 * RELIEF_AFTER).ask == 1


def test_an_answer_with_a_review_waits_patiently_for_the_second() -> None:
    """With one review given, nobody more is asked until the other duty ends."""
    known = [review_given(duty(0, 1), NOW + HOUR), duty(0, 2)]
    assert plan(known, answered_at=NOW, wanted=2, now=NOW + 20 * HOUR).ask == 0
    over = plan(known, answered_at=NOW, wanted=2, now=NOW + 24 * HOUR)
    assert (over.ask, over.expire) == (1, (known[1],))


def test_a_no_is_made_up_for_at_once() -> None:
    """A duty that was declined or called off is given to somebody else right away."""
    for ended in (declined(duty(0, 1), NOW + HOUR, "no time"), called_off(duty(0, 1), NOW + HOUR, CallOff.LEFT)):
        assert plan([ended, duty(0, 2)], answered_at=NOW, wanted=2, now=NOW + HOUR).ask == 1


def test_after_36_hours_the_facilitators_have_it() -> None:
    """Without a review they are told and nobody else is asked; with one they are not told."""
    late = NOW + INBOX_AFTER
    alone = plan([], answered_at=NOW, wanted=1, now=late)
    assert (alone.to_inbox, alone.ask, alone.look_at) == (True, 0, None)
    reviewed = [review_given(duty(0, 1), NOW + HOUR)]
    assert not plan(reviewed, answered_at=NOW, wanted=2, now=late).to_inbox


def test_who_is_alone_is_looked_at_hourly() -> None:
    """With nobody to ask the answer is looked at every hour, in case somebody joins or comes back."""
    assert plan([], answered_at=NOW, wanted=1, now=NOW + HOUR).look_at == NOW + 2 * HOUR
    last = plan([], answered_at=NOW, wanted=1, now=NOW + INBOX_AFTER - timedelta(minutes=5))
    assert last.look_at == NOW + INBOX_AFTER


def test_the_author_always_sees_where_it_stands() -> None:
    """From waiting for the round to the facilitators, each state has its name."""
    asked = duty(0, 1)
    cases = [
        ([], NOW, Standing.WAITING),
        ([asked], NOW, Standing.ASKED),
        ([declined(asked, NOW)], NOW + HOUR, Standing.SEARCHING),
        ([asked], NOW + INBOX_AFTER, Standing.WITH_FACILITATOR),
        ([], NOW + INBOX_AFTER, Standing.WITH_FACILITATOR),
        ([review_given(asked, NOW)], NOW + INBOX_AFTER, Standing.REVIEWED),
    ]
    for known, now, expected in cases:
        assert standing(known, answered_at=NOW, now=now) is expected
