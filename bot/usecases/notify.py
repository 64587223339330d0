"""Tell the people who run a group that something needs them, once."""

from __future__ import annotations

from datetime import date, timedelta

from bot.cards import Card
from bot.domain.duty import awake_from
from bot.domain.group import Group, MemberId
from bot.domain.picks import Dry
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.peers.peer_scene import NIGHT
from bot.usecases.send_direct import next_morning, send_direct
from bot.usecases.work import Again
from bot.views import notices
from bot.views.facilitating import chat_words, week_card
from bot.views.feedback import second_shot_card

INBOX = "inbox"
"""Something for the facilitators stands in the inbox."""
TOGETHER = timedelta(minutes=15)
"""What comes into the inbox in so short a time is told together."""


async def tell_facilitators(ports: Ports, group: Group, what: str) -> None:
    """Owe a direct message to each facilitator, or to each admin when none is named.

    `what`: `missed:FIRST/LAST` (dates), `empty:DATE`, `inbox`, `dry:WHAT:DATE` (see `Dry`), `week:FIRST`,
    `closed:DATE/LACKS` (permissions, if any), `refused:DATE/WHY` (a daily post), `thread:DATE` (that of its
    post takes nothing) or `dead:KIND:DATE`; the same is said once.
    """
    now = ports.clock.now()
    for member_id in sorted(group.facilitator_ids or group.admin_ids):
        job = owed.notice(group.id, what, member_id)
        if what == INBOX:
            await ports.jobs.restore([(job, now + TOGETHER)])
        else:
            await ports.jobs.add(job, now)
    ports.wake()


async def tell_member(ports: Ports, group: Group, what: str, member_id: MemberId) -> None:
    """Owe a direct message to one member; the same is said once. `what`: `unjudged:DATE`, of their second shot."""
    await ports.jobs.add(owed.notice(group.id, what, member_id), ports.clock.now())
    ports.wake()


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one notice to one person."""
    what, _, member_id = job.ref.rpartition("|")
    group = await ports.groups.get(job.group_id)
    if group is None:
        return None
    if what == INBOX:
        return await _inbox(ports, group, MemberId(member_id))
    card = await _card(ports, group, what)
    await send_direct(ports, group, MemberId(member_id), "notice", job.ref, card)
    return None


async def _inbox(ports: Ports, group: Group, member_id: MemberId) -> Again | None:
    """Said once for all that came since it was said, and not at night; what is too much for a day, the next morning."""
    now = ports.clock.now()
    waits = [entry.at for entry in await ports.peers.inbox(group.id) if entry.closed_at is None]
    if not waits:
        return None
    member = await ports.groups.member(group.id, member_id)
    at = awake_from(now, (member.quiet if member else None) or NIGHT, group.schedule.zone)
    if at > now:
        return Again(at)
    about = f"{INBOX}:{max(waits):%Y%m%dT%H%M%S.%f}|{member_id}"
    told = await send_direct(ports, group, member_id, "notice", about, notices.notice(notices.inbox_waits(group)))
    return None if told else Again(next_morning(group, now))


async def _card(ports: Ports, group: Group, what: str) -> Card:
    kind, _, rest = what.partition(":")
    if kind == "unjudged":
        return second_shot_card.given_up(date.fromisoformat(rest))
    if kind != "week":
        return notices.notice(_words(what, group))
    first = date.fromisoformat(rest)
    picks = await ports.queue.proposal(group.id, first)
    return week_card.proposed(group, first, picks, await ports.bank.of(group.id), ports.library.framework)


def _words(what: str, group: Group) -> str:
    kind, _, rest = what.partition(":")
    match kind:
        case "missed":
            first, last = map(date.fromisoformat, rest.split("/"))
            return notices.missed_days(first, last)
        case "empty":
            return notices.bank_empty(date.fromisoformat(rest))
        case "dry":
            dry, _, day = rest.partition(":")
            return notices.bank_dry(group, Dry(dry), date.fromisoformat(day))
        case "closed" | "refused" | "thread":
            return _chat_words(kind, rest, group)
        case _:
            return notices.job_dead(rest.partition(":")[0])


def _chat_words(kind: str, rest: str, group: Group) -> str:
    day, _, detail = rest.partition("/")
    match kind:
        case "closed":
            return notices.place_closed(group, detail)
        case "refused":
            return chat_words.post_refused(group, date.fromisoformat(day), detail)
        case _:
            return chat_words.thread_gone(date.fromisoformat(day))
