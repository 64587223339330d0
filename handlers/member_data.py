"""`tpm-bot export` and `forget`: what is kept of one member, for an operator who is asked for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from bot.domain.group import Group, Member
from bot.errors import Refusal
from bot.ports import Ports
from bot.settings import Settings
from bot.usecases import owed
from bot.usecases.members import erase_member, manage_self
from handlers import app
from handlers.question_files import group_of, hand_out
from handlers.switchboard import Switchboard

WAIT_S = 10.0
"""How long a running bot is given to do it before the operator is told that it is owed."""
LOOK_S = 0.25


async def export(settings: Settings, *, member: str, group: str | None, output: Path | None) -> None:
    """Print everything that is kept of a member as JSON, or write it to a file. Raises Refusal."""
    async with _opened(settings, group, member) as (ports, found, whom):
        kept = await manage_self.everything(ports, found, whom)
    text = json.dumps(kept, ensure_ascii=False, indent=2, default=str) + "\n"
    await hand_out(text, output)


async def forget(settings: Settings, *, member: str, group: str | None, agreed: bool, as_json: bool) -> None:
    """Owe the erasure of a member, and wait a moment for the running bot to do it. Raises Refusal."""
    async with _opened(settings, group, member) as (ports, found, whom):
        if not agreed:
            _agree(f"Erase {whom.name} and all that {found.name} keeps of them, for ever?")
        await erase_member.owe(ports, found, whom)
        done = await _done(ports, found, whom)
    if as_json:
        click.echo(json.dumps({"group": found.id, "member": whom.id, "erased": done}))
        return
    later = "will be erased by the bot as soon as it runs and reaches the chat. Nothing more is to be done"
    click.echo(f"{whom.name} {'is erased' if done else later}.", err=True)


def _agree(question: str) -> None:
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        agreed = False
    if not agreed:
        raise Refusal("Nobody was erased. Without a keyboard, say --yes.")


async def _done(ports: Ports, group: Group, member: Member) -> bool:
    try:
        async with asyncio.timeout(WAIT_S):
            while await ports.jobs.owed(owed.erase(group.id, member.id)) is not None:  # noqa: ASYNC110  it is another process that works
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        return False
    return await ports.groups.member(group.id, member.id) is None


@asynccontextmanager
async def _opened(settings: Settings, group: str | None, member: str) -> AsyncIterator[tuple[Ports, Group, Member]]:
    """The core without any chat, the group and the member that were named."""
    unplugged = Switchboard((), lambda _platform, _call, _outcome: None)
    async with app.redis_url(settings) as url, app.core(settings, url, lambda _clock: unplugged) as core:
        found = await group_of(core.store, group)
        yield core.ports, found, await erase_member.find(core.ports, found, member)
