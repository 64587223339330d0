"""What each button does. A button carries ids, never rights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.cards import Reply
from bot.commands import admin, member
from bot.commands.spec import Audience, Context, PressSpec, Run, day_of
from bot.usecases import answer_by_form, manage_group, manage_self, show_feedback, show_question, take_answer
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


async def _press_check(context: Context, question_id: str) -> Reply:
    return show_question.check_myself(context.ports, question_id)


async def _press_practice(context: Context, what: str) -> Reply:
    topic, _, shown = what.partition(":")
    return await show_question.practice(context.ports, context.group, context.member, topic or None, None, shown)


async def _press_forget_now(context: Context, _: str) -> Reply:
    return await manage_self.forget(context.ports, context.group, context.member)


async def _press_keep(context: Context, _: str) -> Reply:
    return notices.notice(notices.FORGET_CANCELLED)


def _as_press(run: Run, **arguments: str) -> Callable[[Context, str], Awaitable[Reply]]:
    async def call(context: Context, _: str) -> Reply:
        return await run(context, arguments)

    return call


PRESSES: Mapping[str, PressSpec] = {
    "answer": PressSpec(_press_answer, opens_form=True),
    "feedback": PressSpec(_press_feedback),
    "again": PressSpec(_press_again),
    "count": PressSpec(_press_count),
    "check": PressSpec(_press_check),
    "practice": PressSpec(_press_practice),
    "streak": PressSpec(_as_press(member.streak)),
    "export": PressSpec(_as_press(member.me, action="export")),
    "forget": PressSpec(_as_press(member.me, action="forget")),
    "forget-now": PressSpec(_press_forget_now),
    "keep": PressSpec(_press_keep),
    "preview": PressSpec(_as_press(admin.on_group(manage_group.preview)), Audience.FACILITATOR),
    "post-now": PressSpec(_as_press(admin.on_group(manage_group.post_now)), Audience.FACILITATOR),
}
