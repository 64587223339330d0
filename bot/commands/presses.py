"""What each button does. A button carries ids, never rights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.cards import Reply
from bot.commands import admin, member
from bot.commands.facilitator import FACILITATOR_PRESSES
from bot.commands.peers import PEER_PRESSES
from bot.commands.second_look import SECOND_PRESSES
from bot.commands.spec import Audience, Context, PressSpec, Run, day_of
from bot.usecases.answering import answer_by_form, give_hint, read_others, show_question, take_answer
from bot.usecases.facilitating import manage_group
from bot.usecases.feedback import show_feedback
from bot.usecases.members import manage_self
from bot.usecases.posting import propose_week
from bot.usecases.walkthrough import research
from bot.views import notices


async def _press_answer(context: Context, day: str) -> Reply:
    return await answer_by_form.open_form(context.ports, context.group, context.member, day_of(day))


async def _press_feedback(context: Context, day: str) -> Reply:
    return await show_feedback.in_full(context.ports, context.group, context.member, day_of(day))


async def _press_again(context: Context, day: str) -> Reply:
    return await show_feedback.again(context.ports, context.group, context.member, day_of(day))


async def _press_count(context: Context, what: str) -> Reply:
    day, _, message_id = what.partition(":")
    return await take_answer.count_anyway(context.ports, context.group.id, day_of(day), message_id, context.caller)


async def _press_others(context: Context, day: str) -> Reply:
    return await read_others.run(context.ports, context.group, context.member, day_of(day))


async def _press_check(context: Context, question_id: str) -> Reply:
    return await show_question.check_myself(context.ports, context.group, question_id)


async def _press_practice(context: Context, what: str) -> Reply:
    topic, _, shown = what.partition(":")
    return await show_question.practice(context.ports, context.group, context.member, topic or None, None, shown)


async def _press_week(context: Context, first: str) -> Reply:
    return await propose_week.approve(context.ports, context.group, day_of(first))


async def _press_walk_sketch(context: Context, wanted_id: str) -> Reply:
    return await research.open_sketch(context.ports, context.group, context.member, wanted_id)


async def _press_walk_anyway(context: Context, wanted_id: str) -> Reply:
    return await research.show_anyway(context.ports, context.group, context.member, wanted_id)


async def _press_walk_read(context: Context, what: str) -> Reply:
    key, _, at = what.partition(":")
    return await research.read(context.ports, context.group, key, int(at) if at.isdecimal() else -1)


async def _press_walk_share(context: Context, key: str) -> Reply:
    return await research.share(context.ports, context.group, context.member, context.caller.event, key)


async def _press_walk_fresh(context: Context, key: str) -> Reply:
    return await research.afresh(context.ports, context.group, context.member, context.caller.event, key)


async def _press_forget_now(context: Context, _: str) -> Reply:
    return await manage_self.forget(context.ports, context.group, context.member)


async def _press_keep(context: Context, _: str) -> Reply:
    return notices.notice(notices.FORGET_CANCELLED)


def _as_press(run: Run, **arguments: str) -> Callable[[Context, str], Awaitable[Reply]]:
    async def call(context: Context, _: str) -> Reply:
        return await run(context, arguments)

    return call


async def _press_hint(context: Context, what: str) -> Reply:
    day, _, level = what.partition(":")
    wanted = int(level) if level in {"1", "2", "3"} else None
    return await give_hint.run(context.ports, context.group, context.member, day_of(day), wanted)


PRESSES: Mapping[str, PressSpec] = {
    **FACILITATOR_PRESSES,
    "hint": PressSpec(_press_hint),
    "answer": PressSpec(_press_answer, opens_form=True),
    "feedback": PressSpec(_press_feedback),
    "again": PressSpec(_press_again),
    "count": PressSpec(_press_count),
    "others": PressSpec(_press_others),
    "check": PressSpec(_press_check),
    "practice": PressSpec(_press_practice),
    "walk-sketch": PressSpec(_press_walk_sketch, opens_form=True),
    "walk-anyway": PressSpec(_press_walk_anyway),
    "walk-read": PressSpec(_press_walk_read),
    "walk-share": PressSpec(_press_walk_share),
    "walk-fresh": PressSpec(_press_walk_fresh),
    **PEER_PRESSES,
    **SECOND_PRESSES,
    "streak": PressSpec(_as_press(member.streak)),
    "export": PressSpec(_as_press(member.me, action="export")),
    "forget": PressSpec(_as_press(member.me, action="forget")),
    "forget-now": PressSpec(_press_forget_now),
    "keep": PressSpec(_press_keep),
    "preview": PressSpec(_as_press(admin.on_group(manage_group.preview)), Audience.FACILITATOR),
    "week": PressSpec(_press_week, Audience.FACILITATOR),
    "post-now": PressSpec(_as_press(admin.on_group(manage_group.post_now)), Audience.FACILITATOR),
}
