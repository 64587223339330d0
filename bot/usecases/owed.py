"""The kinds of work that the agenda holds, and how each is named there."""

from __future__ import annotations

from datetime import date

from bot.domain.duty import AnswerId
from bot.domain.group import GroupId, MemberId
from bot.domain.peer_review import Reaction
from bot.ports import ERASURE, Job

POST = "post"
SHARE = "share"
REVIEW = "review"
REDRAW = "redraw"
REMIND = "remind"
AUDIT = "audit"
NOTICE = "notice"
TALLY = "tally"
REVEAL = "reveal"
WALK = "walk"
PROPOSE = "propose"
ROUND = "round"
DUTIES = "duties"
ASK = "ask"
NUDGE = "nudge"
GIVEN = "given"
TOLD = "told"
SETTLED = "settled"
SHOT = "shot"
VARIANT = "variant"
DECIDED = "decided"
ERASE = ERASURE


def post(group_id: GroupId, day: date) -> Job:
    """The daily post of a local date."""
    return Job(POST, group_id, day.isoformat())


def share(group_id: GroupId, day: date, member_id: MemberId) -> Job:
    """Showing a form answer in the thread."""
    return Job(SHARE, group_id, about(day, member_id))


def review(group_id: GroupId, day: date, member_id: MemberId) -> Job:
    """Feedback on an answer."""
    return Job(REVIEW, group_id, about(day, member_id))


def redraw(group_id: GroupId, day: date, member_id: MemberId) -> Job:
    """Bringing the cards about an answer in line with it, after it changed or went."""
    return Job(REDRAW, group_id, about(day, member_id))


def remind(group_id: GroupId, day: date, member_id: MemberId) -> Job:
    """A reminder of the open question."""
    return Job(REMIND, group_id, about(day, member_id))


def audit(group_id: GroupId, day: date) -> Job:
    """A second look at a day whose post ever had two owners."""
    return Job(AUDIT, group_id, day.isoformat())


def notice(group_id: GroupId, what: str, member_id: MemberId) -> Job:
    """Telling somebody who runs the group of `what`."""
    return Job(NOTICE, group_id, f"{what}|{member_id}")


def erase(group_id: GroupId, member_id: MemberId) -> Job:
    """Erasing a member, at an operator's word."""
    return Job(ERASE, group_id, member_id)


def tally(group_id: GroupId, day: date) -> Job:
    """Saying in a sealed post how many have answered."""
    return Job(TALLY, group_id, day.isoformat())


def reveal(group_id: GroupId, day: date) -> Job:
    """Showing the answers to a sealed post when it closes."""
    return Job(REVEAL, group_id, day.isoformat())


def propose(group_id: GroupId, first: date) -> Job:
    """Proposing the week that begins on `first`."""
    return Job(PROPOSE, group_id, first.isoformat())


def next_round(group_id: GroupId) -> Job:
    """Asking members to review the answers that wait."""
    return Job(ROUND, group_id, "next")


def duties(group_id: GroupId, answer: AnswerId) -> Job:
    """Looking after the reviews of one answer."""
    return Job(DUTIES, group_id, about(answer.day, answer.author_id))


def ask(group_id: GroupId, reviewer_id: MemberId) -> Job:
    """Telling a member what they are asked to review."""
    return Job(ASK, group_id, reviewer_id)


def nudge(group_id: GroupId, reviewer_id: MemberId) -> Job:
    """Reminding a member of the reviews that they owe."""
    return Job(NUDGE, group_id, reviewer_id)


def given(group_id: GroupId, answer: AnswerId, reviewer_id: MemberId) -> Job:
    """Showing a peer review."""
    return Job(GIVEN, group_id, f"{about(answer.day, answer.author_id)}|{reviewer_id}")


def told(group_id: GroupId, reaction: Reaction) -> Job:
    """Telling the writer of a peer review what somebody made of it."""
    answer = about(reaction.day, reaction.author_id)
    return Job(TOLD, group_id, f"{answer}|{reaction.reviewer_id}|{reaction.by}|{reaction.kind}")


def walk(group_id: GroupId, ask_id: str, member_id: MemberId) -> Job:
    """Writing a walkthrough, or putting it into the channel."""
    return Job(WALK, group_id, f"{ask_id}|{member_id}")


def settled(group_id: GroupId, suggestion_id: str, member_id: MemberId) -> Job:
    """Telling a member what became of what they suggested."""
    return Job(SETTLED, group_id, f"{suggestion_id}|{member_id}")


def shot(group_id: GroupId, day: date, member_id: MemberId) -> Job:
    """Judging one section again."""
    return Job(SHOT, group_id, about(day, member_id))


def variant(group_id: GroupId, day: date, member_id: MemberId) -> Job:
    """Putting a variant of a day's question to a member who was weak there, then judging what they write."""
    return Job(VARIANT, group_id, about(day, member_id))


def decided(group_id: GroupId, entry_id: str) -> Job:
    """Telling a member what a facilitator decided about their dispute, or about their review."""
    return Job(DECIDED, group_id, entry_id)


def about(day: date, member_id: MemberId) -> str:
    """Names one member's answer of one day; job refs and outbox keys hold it, so that both can be found and erased."""
    return f"{day.isoformat()}|{member_id}"


def whose(ref: str) -> tuple[date, MemberId]:
    """The day and the member of a ref made by `about`."""
    day, _, member_id = ref.partition("|")
    return date.fromisoformat(day), MemberId(member_id)
