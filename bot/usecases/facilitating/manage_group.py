"""Set a group up and change its schedule."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from bot.cards import Card, Form
from bot.domain.group import Group, GroupId, MemberId, Place
from bot.domain.streak import took_part
from bot.errors import Refusal
from bot.inbound import Caller
from bot.ports import Ports
from bot.usecases.facilitating.wishes import DEFAULT_SCHEDULE, Wishes
from bot.usecases.posting import plan_posts, post_question
from bot.usecases.posting.choose_question import warn_when_dry
from bot.views import notices
from bot.views.facilitating import admin_card
from bot.views.facilitating.setup_form import setup_form


def form(group: Group | None, zone: str | None) -> Form:
    """The setup form, filled with what stands or with the defaults and the admin's zone."""
    return setup_form(group, zone or DEFAULT_SCHEDULE.zone)


def refused_form(values: Mapping[str, str], refusal: Refusal) -> Form:
    """The setup form again, with what was typed and what is wrong with it."""
    blank = setup_form(None, "")
    fields = tuple(replace(field, value=values.get(field.key, "")) for field in blank.fields)
    return replace(blank, fields=fields, errors={refusal.field or "zone": str(refusal)})


async def set_up(ports: Ports, caller: Caller, wishes: Wishes) -> Card:
    """Create the group of this channel, or change the one it has; then check, and say when the first post comes."""
    group_id = await ports.groups.at(caller.place)
    if group_id is None:
        name = caller.place_name or caller.place.channel
        return await _welcome(ports, await create(ports, caller.place, caller.member_id, name, wishes))
    standing = await ports.groups.get(group_id)
    if standing is None:
        raise Refusal(notices.NO_GROUP)
    return await reschedule(ports, standing, wishes)


async def _welcome(ports: Ports, group: Group) -> Card:
    now = ports.clock.now()
    question = await post_question.upcoming_question(ports, group)
    return admin_card.set_up(
        group,
        await ports.checks(),
        plan_posts.next_post(group, now),
        now,
        question=question,
        framework=ports.library.framework,
    )


async def create(ports: Ports, place: Place, admin: MemberId, name: str, wishes: Wishes) -> Group:
    """A new group with its first post owed. Raises Refusal on a wrong wish, naming its field."""
    identity = identity_of(place)
    fresh = Group(
        id=identity,
        place=place,
        name=name,
        schedule=DEFAULT_SCHEDULE,
        admin_ids=frozenset({admin}),
        created_at=ports.clock.now(),
        seed=identity,
    )
    group = wishes.applied(fresh)
    if not await ports.groups.create(group):
        standing = await ports.groups.get(group.id)
        return standing or group
    await plan_posts.plan_next(ports, group, after=plan_posts.just_before(ports.clock.now()))
    return group


def identity_of(place: Place) -> GroupId:
    """The id of the group of `place`: two admins who set it up at once make one group."""
    return GroupId(hashlib.sha256(f"{place.platform}|{place.workspace}|{place.channel}".encode()).hexdigest()[:16])


async def reschedule(ports: Ports, group: Group, wishes: Wishes) -> Card:
    """Change anything of the schedule; the next post moves with it, and one that stands stays as it is."""
    topics = {question.topic for question in (await ports.bank.of(group.id)).values()}
    wishes.applied(group, topics)
    changed = await plan_posts.replan(ports, group, lambda known: wishes.applied(known, topics))
    if changed.wants != group.wants:
        await warn_when_dry(ports, changed)
    dates = await plan_posts.next_dates(ports, changed)
    return admin_card.schedule(changed, dates, changed=wishes != Wishes())


async def show_schedule(ports: Ports, group: Group) -> Card:
    """The schedule and the next dates."""
    return admin_card.schedule(group, await plan_posts.next_dates(ports, group), changed=False)


async def pause(ports: Ports, group: Group) -> Card:
    """No posts until somebody resumes; paused days are neutral for streaks."""
    changed = await plan_posts.replan(ports, group, lambda known: replace(known, paused=True))
    return admin_card.paused(changed)


async def resume(ports: Ports, group: Group) -> Card:
    """Post again from the next scheduled time on."""
    changed = await plan_posts.replan(ports, group, lambda known: replace(known, paused=False))
    return admin_card.schedule(changed, await plan_posts.next_dates(ports, changed), changed=True)


async def preview(ports: Ports, group: Group) -> Card:
    """The next question, as it will look; nothing is posted."""
    question = await post_question.upcoming_question(ports, group)
    if question is None:
        raise Refusal(notices.NO_QUESTION_LEFT)
    upcoming = await plan_posts.upcoming_post(ports, group, ports.clock.now())
    return admin_card.preview(question, upcoming, group, ports.library.framework)


async def post_now(ports: Ports, group: Group) -> Card:
    """Post today's question at once."""
    post = await post_question.post_now(ports, group)
    question = await ports.bank.question(group.id, post.question_id)
    if question is None:
        raise Refusal(notices.QUESTION_GONE)
    return admin_card.posted(post, question)


async def members(ports: Ports, group: Group) -> Card:
    """Who is in the group and when they last took part; no scores by name."""
    posts = await ports.posts.all(group.id)
    rows = []
    for member in await ports.groups.members(group.id):
        record = await ports.answers.record(group.id, member.id)
        taken = [post.day for post in posts if took_part(record, post.number)]
        rows.append((member, len(taken), taken[-1] if taken else None))
    return admin_card.members(group, rows)


async def name_facilitator(ports: Ports, group: Group, name: str) -> Card:
    """Make a member a facilitator, or end it. Raises Refusal when nobody is called that."""
    known = await ports.groups.members(group.id)
    wanted = name.strip().lstrip("@").casefold()
    member = next((each for each in known if each.name.casefold() == wanted), None)
    if member is None:
        raise Refusal(notices.no_such_member(name, [each.name for each in known]))
    turned = frozenset({member.id})
    changed = await ports.groups.update(
        group.id, lambda now: replace(now, facilitator_ids=now.facilitator_ids ^ turned)
    )
    return admin_card.facilitator(member, named=member.id in changed.facilitator_ids)


async def doctor(ports: Ports, group: Group) -> Card:
    """Everything that must work, one line each, with the fix where it does not."""
    upcoming = await plan_posts.upcoming_post(ports, group, ports.clock.now())
    dead = [job for job, _ in await ports.jobs.dead() if job.group_id == group.id]
    return admin_card.doctor(await ports.checks(), group, upcoming, dead, ports.clock.now())
