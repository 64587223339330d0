"""What the buttons and forms about one's own feedback do: arguments to use case, nothing more."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Reply
from bot.commands.spec import Context, FormSpec, PressSpec, day_of
from bot.inbound import Submission
from bot.usecases import second_shot


async def _shot(context: Context, day: str) -> Reply:
    return await second_shot.show(context.ports, context.group, context.member, day_of(day))


async def _shot_form(context: Context, what: str) -> Reply:
    day, _, section = what.partition(":")
    return await second_shot.open_form(context.ports, context.group, context.member, day_of(day), section)


async def _shot_sent(context: Context, what: str, form: Submission) -> Reply:
    day, _, section = what.partition(":")
    return await second_shot.submit(context.ports, context.group, context.member, day_of(day), section, form)


async def _shot_left(context: Context, what: str, typed: Mapping[str, str]) -> None:
    day, _, section = what.partition(":")
    await second_shot.keep(context.ports, context.group, context.member, day_of(day), section, typed)


SECOND_PRESSES: Mapping[str, PressSpec] = {
    "shot": PressSpec(_shot),
    "shot-form": PressSpec(_shot_form, opens_form=True),
}
SECOND_FORMS: Mapping[str, FormSpec] = {
    "shot": FormSpec(_shot_sent, left=_shot_left),
}
