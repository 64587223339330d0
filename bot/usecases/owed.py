"""The kinds of work that the agenda holds, and how each is named there."""

from __future__ import annotations

from datetime import date

from bot.domain.group import GroupId, MemberId
from bot.ports import Job

POST = "post"
SHARE = "share"
REVIEW = "review"
REDRAW = "redraw"
REMIND = "remind"
AUDIT = "audit"
NOTICE = "notice"


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


def about(day: date, member_id: MemberId) -> str:
    """Names one member's answer of one day; job refs and outbox keys hold it, so that both can be found and erased."""
    return f"{day.isoformat()}|{member_id}"


def whose(ref: str) -> tuple[date, MemberId]:
    """The day and the member of a ref made by `about`."""
    day, _, member_id = ref.partition("|")
    return date.fromisoformat(day), MemberId(member_id)
