"""A member's own settings and data."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.cards import Attachment, Card
from bot.domain.group import AwayRange, Group, Member, MemberId, QuietHours
from bot.domain.parse import parse_day, parse_time
from bot.domain.review import Review
from bot.errors import ChatBusy, ChatRefused, ChatUnsure, Refusal
from bot.ports import Ports
from bot.usecases.answering.answer_by_form import newest_post
from bot.usecases.answering.share_answer import share_key
from bot.usecases.deliver import take_back
from bot.usecases.feedback import dispute, second_shot, try_variant
from bot.usecases.feedback.give_feedback import feedback_key
from bot.usecases.feedback.judge_section import shot_key
from bot.usecases.feedback.judge_variant import asked_key, result_key
from bot.usecases.members.show_streak import count
from bot.usecases.peers import not_with, peer_duties, peer_post, show_reviews
from bot.usecases.posting.remind import plan_reminder
from bot.usecases.posting.tally import owe_tally
from bot.views import feedback, notices
from bot.views.members import me_card

MOST_AWAY_AHEAD = 20
log = logging.getLogger(__name__)

ABOUT_AN_ANSWER = (feedback_key, share_key, shot_key, asked_key, result_key)
"""The keys of the bot's own messages about an answer."""
BETWEEN_DATES = frozenset({"to", "until", "-"})
OFF = frozenset({"off", "none", "no", "never"})


async def show(ports: Ports, group: Group, member: Member) -> Card:
    """Everything that is set, and how to change it."""
    listed = await not_with.names(ports, group, member)
    return me_card.settings(member, group, _today(ports, group), not_with=listed)


async def set_reminders(ports: Ports, group: Group, member: Member, value: str) -> Card:
    """A reminder at a local time, or `off`."""
    at = None if value.strip().lower() in OFF else parse_time(value)
    return await _change(ports, group, member, lambda known: replace(known, remind_at=at))


async def set_quiet(ports: Ports, group: Group, member: Member, value: str) -> Card:
    """No direct messages between two local times (`21:00-08:00`), or `off`."""
    quiet: QuietHours | None = None
    if value.strip().lower() not in OFF:
        start, dash, end = value.replace("\N{EN DASH}", "-").partition("-")
        if not dash:
            raise Refusal(notices.QUIET_FORM)
        quiet = QuietHours(parse_time(start), parse_time(end))
    return await _change(ports, group, member, lambda known: replace(known, quiet=quiet))


async def set_away(ports: Ports, group: Group, member: Member, value: str) -> Card:
    """Away on a date or from a date to a date, both included; `off` clears the ranges that are not over."""
    today = _today(ports, group)
    if value.strip().lower() in OFF:
        return await _change(ports, group, member, lambda known: replace(known, away=_until(known.away, today)))
    typed = value.replace(",", " ").replace("..", " ").split()
    words = [word for word in typed if word.lower() not in BETWEEN_DATES]
    if not words or len(words) > len(("first", "last")):
        raise Refusal(notices.AWAY_FORM)
    first, last = parse_day(words[0], today), parse_day(words[-1], today)
    if last < first:
        raise Refusal(notices.away_backwards(first, last))
    if last < today:
        raise Refusal(notices.away_past(today))
    stay = AwayRange(max(first, today), last)
    return await _change(ports, group, member, lambda known: replace(known, away=_with(known.away, stay, today)))


async def set_feedback(ports: Ports, group: Group, member: Member, value: str) -> Card:
    """Automatic feedback, `on` or `off`."""
    wanted = value.strip().lower()
    if wanted not in {"on", "off"}:
        raise Refusal(notices.FEEDBACK_FORM)
    return await _change(ports, group, member, lambda known: replace(known, auto_feedback=wanted == "on"))


async def set_probes(ports: Ports, group: Group, member: Member, value: str) -> Card:
    """Variants of questions a week after a weak answer, `on` or `off`."""
    wanted = value.strip().lower()
    if wanted not in {"on", "off"}:
        raise Refusal(notices.PROBES_FORM)
    return await _change(ports, group, member, lambda known: replace(known, probes=wanted == "on"))


async def set_not_with(ports: Ports, group: Group, member: Member, value: str) -> Card:
    """Put a member on one's confidential list, or take them off it."""
    await not_with.toggle(ports, group, member, value)
    return await _change(ports, group, member, lambda known: known)


async def export(ports: Ports, group: Group, member: Member) -> Card:
    """Everything that is stored of a member in this group, as a JSON file for them alone."""
    content = json.dumps(await everything(ports, group, member), ensure_ascii=False, indent=2, default=_plain)
    name = f"tpm-bot-{group.name}-{member.name}.json".replace("/", "-")
    return me_card.export(Attachment(name, content.encode()))


async def everything(ports: Ports, group: Group, member: Member) -> dict[str, Any]:
    """What is stored of a member: JSON-ready but for dates, which `str` prints."""
    streak = await count(ports, group, member)
    days = []
    for post in await ports.posts.all(group.id):
        answer = await ports.answers.get(group.id, post.day, member.id)
        kept = {
            "answer": answer.text if answer else None,
            "late": answer.late if answer else None,
            "feedback": await _feedback(ports, group, post.day, member),
            "draft": await ports.answers.draft(group.id, post.day, member.id),
            "talk": await ports.answers.asides(group.id, post.day, member.id),
            "hints": await ports.hints.seen(group.id, post.day, member.id),
        }
        if any(kept.values()):
            days.append({"day": post.day, "question": post.question_id, **kept})
    roles = {"admin": group.is_admin(member.id), "facilitator": member.id in group.facilitator_ids}
    settings = {"remind_at": member.remind_at, "quiet": member.quiet, "away": member.away}
    return {
        "group": group.name,
        "member": member.name,
        "joined_at": member.joined_at,
        "roles": roles,
        "settings": {**settings, "auto_feedback": member.auto_feedback, "probes": member.probes},
        "streak": {"current": streak.current, "best": streak.best},
        "ledger": [{"day": line.day, "mark": line.mark, "run": line.run} for line in streak.ledger],
        "days": days,
        "suggestions": await _suggestions(ports, group, member),
        "walkthroughs": [
            {"asked_at": each.asked_at, "question": each.question, "sketch": each.sketch}
            for each in await ports.walkthroughs.asks(group.id, member.id)
        ],
        "disputes": await dispute.everything(ports, group, member),
        "decisions": await dispute.decisions(ports, group, member),
        "second_shots": await second_shot.everything(ports, group, member),
        "variants": await try_variant.everything(ports, group, member),
        "form_drafts": dict(await ports.drafts.all(group.id, member.id)),
        "not_with": await not_with.names(ports, group, member),
        "peer_reviews": await show_reviews.everything(ports, group, member.id),
    }


async def _suggestions(ports: Ports, group: Group, member: Member) -> list[dict[str, Any]]:
    mine = [each for each in await ports.suggestions.all(group.id) if each.member_id == member.id]
    return [{"at": each.at, "text": each.text, "state": each.state.value, "note": each.note} for each in mine]


async def _feedback(ports: Ports, group: Group, day: date, member: Member) -> dict[str, Any] | None:
    made = await ports.answers.review(group.id, day, member.id)
    if isinstance(made, Review):
        return feedback.review_data(made, ports.library.framework)
    return feedback.self_check_data(made, ports.library.framework) if made is not None else None


async def forget(ports: Ports, group: Group, member: Member) -> Card:
    """Erase everything of a member, the bot's messages about their answers included, and say what went."""
    messages = 0
    for post in await ports.posts.all(group.id):
        for key in (named(post.day, member.id) for named in ABOUT_AN_ANSWER):
            try:
                messages += await take_back(ports, group.id, key)
            except ChatRefused as refused:  # it never will be deleted; what is stored must go all the same
                log.warning("a message about a forgotten member still stands: %s", refused)
            except (ChatBusy, ChatUnsure) as trouble:
                raise Refusal(notices.FORGET_AGAIN) from trouble
        messages += await _take_back_reviews(ports, group, member, post.day)
    owed_to = await peer_duties.owed_to(ports, group, member.id)
    erased = await ports.groups.forget(group.id, member.id)
    await ports.groups.update(group.id, lambda known: _without_roles(known, member.id))
    await peer_duties.look_soon(ports, group.id, owed_to)
    newest = await newest_post(ports, group)
    if newest is not None and newest.is_sealed(ports.clock.now()):
        await owe_tally(ports, group.id, newest.day)  # it counts one answer less
    await ports.purse.forget(member.id, ports.clock.now().date())
    return me_card.forgotten({**erased, "messages": messages})


async def _take_back_reviews(ports: Ports, group: Group, member: Member, day: date) -> int:
    try:
        return await peer_post.take_back_of(ports, group, member.id, day)
    except (ChatBusy, ChatUnsure) as trouble:
        raise Refusal(notices.FORGET_AGAIN) from trouble


async def _change(ports: Ports, group: Group, member: Member, change: Callable[[Member], Member]) -> Card:
    changed = await ports.groups.update_member(group.id, member.id, change)
    post = await newest_post(ports, group)
    if post is not None and post.is_open(ports.clock.now()):
        await plan_reminder(ports, group, post, changed)
    if changed.is_away(_today(ports, group)):
        await peer_duties.look_soon(ports, group.id, await peer_duties.owed_to(ports, group, member.id))
    listed = await not_with.names(ports, group, member)
    return me_card.settings(changed, group, _today(ports, group), changed=True, not_with=listed)


def _today(ports: Ports, group: Group) -> date:
    return group.schedule.local_day(ports.clock.now())


def _without_roles(group: Group, member_id: MemberId) -> Group:
    """Who manages the channel on the platform stays an admin without being named here."""
    return replace(group, admin_ids=group.admin_ids - {member_id}, facilitator_ids=group.facilitator_ids - {member_id})


def _with(away: tuple[AwayRange, ...], stay: AwayRange, today: date) -> tuple[AwayRange, ...]:
    """Stays that are over are kept: they explain the streak. Raises Refusal when too many lie ahead."""
    if stay in away:
        return away
    if sum(known.last >= today for known in away) >= MOST_AWAY_AHEAD:
        raise Refusal(notices.TOO_MANY_AWAY)
    return (*away, stay)


def _until(away: tuple[AwayRange, ...], today: date) -> tuple[AwayRange, ...]:
    """The stays that have begun; one that goes on is over from today."""
    yesterday = today - timedelta(days=1)
    return tuple(replace(stay, last=min(stay.last, yesterday)) for stay in away if stay.first < today)


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case AwayRange(first, last):
            return [first.isoformat(), last.isoformat()]
        case QuietHours(start, end):
            return f"{start:%H:%M}-{end:%H:%M}"
        case _:
            return str(value)
