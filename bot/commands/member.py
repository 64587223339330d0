"""What each member command does: arguments to use case, nothing more."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from bot.cards import Reply
from bot.commands.spec import Context
from bot.domain.parse import LEVEL_NAMES
from bot.errors import Refusal
from bot.usecases.answering import answer_by_form, show_question
from bot.usecases.facilitating import suggest as suggesting
from bot.usecases.feedback import show_feedback
from bot.usecases.members import manage_self, show_streak
from bot.usecases.walkthrough import research
from bot.views.members import help_card, me_card


async def question(context: Context, arguments: Mapping[str, str]) -> Reply:
    if not arguments:
        return await show_question.today(context.ports, context.group, context.member)
    bank = await context.ports.bank.of(context.group.id)
    topic, level = _topic_and_level({question.topic for question in bank.values()}, arguments)
    return await show_question.practice(context.ports, context.group, context.member, topic, level)


def _topic_and_level(topics_known: Collection[str], arguments: Mapping[str, str]) -> tuple[str | None, int | None]:
    """A lone number is a level wherever it stands; a part of one topic's name is enough.

    Raises Refusal naming the nearest topic.
    """
    words = [value.lower() for value in arguments.values()]
    levels = [word for word in words if word.isdecimal() or word in LEVEL_NAMES]
    topics = [word for word in words if word not in levels]
    level = LEVEL_NAMES.get(levels[0]) or int(levels[0]) if levels else None
    if level is not None and level not in LEVEL_NAMES.values():
        raise Refusal(help_card.UNKNOWN_LEVEL)
    if not topics:
        return None, level
    known = sorted(topics_known)
    inside = [name for name in known if topics[0] in name]
    if topics[0] in known or len(inside) == 1:
        return inside[0] if len(inside) == 1 else topics[0], level
    near = difflib.get_close_matches(topics[0], known, n=1, cutoff=0.6) or inside
    raise Refusal(help_card.unknown_topic(topics[0], near[0] if near else None, known))


async def answer(context: Context, arguments: Mapping[str, str]) -> Reply:
    return await answer_by_form.open_form(context.ports, context.group, context.member, None)


async def feedback(context: Context, arguments: Mapping[str, str]) -> Reply:
    if arguments.get("action") == "again":
        return await show_feedback.again(context.ports, context.group, context.member, None)
    return await show_feedback.in_full(context.ports, context.group, context.member, None)


async def streak(context: Context, arguments: Mapping[str, str]) -> Reply:
    return await show_streak.run(context.ports, context.group, context.member)


async def walkthrough(context: Context, arguments: Mapping[str, str]) -> Reply:
    action, caller = arguments.get("action"), context.caller
    return await research.ask(
        context.ports,
        context.group,
        context.member,
        caller.event,
        arguments.get("question", ""),
        fresh=action == "fresh",
        share=action == "share",
    )


async def me(context: Context, arguments: Mapping[str, str]) -> Reply:
    action, value = arguments.get("action", "show"), arguments.get("value", "")
    if change := _CHANGES.get(action):
        return await change(context.ports, context.group, context.member, value)
    if action == "forget":
        return me_card.ask_to_forget()
    see = manage_self.export if action == "export" else manage_self.show
    return await see(context.ports, context.group, context.member)


_CHANGES = {
    "reminders": manage_self.set_reminders,
    "quiet": manage_self.set_quiet,
    "away": manage_self.set_away,
    "feedback": manage_self.set_feedback,
    "probes": manage_self.set_probes,
    "not-with": manage_self.set_not_with,
}


async def suggest(context: Context, arguments: Mapping[str, str]) -> Reply:
    text, event = arguments.get("text", ""), context.caller.event
    return await suggesting.suggest(context.ports, context.group, context.member, text, event)
