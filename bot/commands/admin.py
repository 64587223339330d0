"""What each verb of /tpm-admin does: arguments to use case, nothing more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.cards import Card, Reply
from bot.commands.spec import Audience, Context, Run, check_right
from bot.domain.group import Group
from bot.ports import Ports
from bot.usecases.facilitating import manage_group, skip_date
from bot.usecases.facilitating.wishes import Wishes


async def setup(context: Context, arguments: Mapping[str, str]) -> Reply:
    if not arguments:
        return manage_group.form(context.group, context.caller.zone)
    return await manage_group.set_up(context.ports, context.caller, Wishes.of(arguments))


async def schedule(context: Context, arguments: Mapping[str, str]) -> Reply:
    if not arguments:
        return await manage_group.show_schedule(context.ports, context.group)
    return await manage_group.reschedule(context.ports, context.group, Wishes.of(arguments))


async def members(context: Context, arguments: Mapping[str, str]) -> Reply:
    if name := arguments.get("name"):
        check_right(Audience.ADMIN, context)
        return await manage_group.name_facilitator(context.ports, context.group, name)
    return await manage_group.members(context.ports, context.group)


async def skip(context: Context, arguments: Mapping[str, str]) -> Reply:
    return await skip_date.skip(context.ports, context.group, arguments.get("date", ""))


async def unskip(context: Context, arguments: Mapping[str, str]) -> Reply:
    return await skip_date.unskip(context.ports, context.group, arguments.get("date", ""))


def on_group(run: Callable[[Ports, Group], Awaitable[Card]]) -> Run:
    async def call(context: Context, arguments: Mapping[str, str]) -> Reply:
        return await run(context.ports, context.group)

    return call
