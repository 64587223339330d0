"""Plays a script against a running bot and prints what happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, tzinfo
from typing import TextIO

from bot.errors import Refusal, TpmError
from handlers.terminal.acts import (
    Act,
    Advance,
    Delete,
    Edit,
    Give,
    Leave,
    PressLabel,
    Restart,
    Say,
    Script,
    Settle,
    Submit,
)
from handlers.terminal.host import Host
from handlers.terminal.lines import json_line, transcript
from handlers.terminal.messages import Happened, Person
from handlers.terminal.room import Room
from handlers.terminal.session import Session


class PlayFault(Refusal):
    """A line of the script could not be played: its number, what happened, and the fix."""


def printing(room: Room, zone: tzinfo, out: TextIO, *, as_json: bool) -> Callable[[], None]:
    """Print everything that happens in the room from now on; the returned function ends it."""
    line_of = json_line if as_json else transcript

    def show(happened: Happened) -> None:
        print(line_of(happened, room, zone), file=out, flush=True)

    return room.listen(show)


async def play(script: Script, host: Host, room: Room, zone: tzinfo, out: TextIO, *, as_json: bool) -> None:
    """Play a script to its end: work due at the start, each line, and what is due after the last.

    Work that a line makes due is done at `! settle`, `! advance` or the end. `zone` is for the printed times. Raises
    PlayFault at the first line that cannot be played.
    """
    player = _Player(host, room)
    stop = printing(room, zone, out, as_json=as_json)
    try:
        await host.settle()
        for step in script.steps:
            try:
                await player.do(step.act)
            except TpmError as error:
                raise PlayFault(f"line {step.line}: {error}") from error
        await host.settle()
    finally:
        stop()


async def advance(host: Host, by: timedelta) -> None:
    """Settle, then let `by` pass, stopping wherever something is due."""
    target = host.now() + by
    await host.settle()
    while (due := await host.next_due()) is not None and due <= target:
        if due <= host.now():
            raise PlayFault(f"work that was due at {due.isoformat()} does not end")
        host.move_to(due)
        await host.settle()
    host.move_to(target)
    await host.settle()


class _Player:
    def __init__(self, host: Host, room: Room) -> None:
        self._host, self._room = host, room
        self._session = Session(room, host)

    async def do(self, act: Act) -> None:
        match act:
            case Advance(by):
                await advance(self._host, by)
            case Settle():
                await self._host.settle()
            case Restart():
                await self._host.kill_and_restart()
                self._room.reload()
                await self._session.deliver_waiting()
            case _:
                await self._act_of_person(act)

    async def _act_of_person(self, act: Say | Give | Edit | Delete | PressLabel | Submit | Leave) -> None:
        person = self._person(act.name)
        match act:
            case Say(text=text, back=back):
                await self._session.say(person, text, back=back)
            case Give(text=text):
                await self._session.command(person, text)
            case Edit(text=text):
                await self._session.edit(person, text)
            case Delete():
                await self._session.delete(person)
            case PressLabel(label=label):
                await self._session.press(person, label)
            case Submit(values=values):
                await self._session.submit(person, dict(values))
            case Leave():
                await self._session.leave(person)

    def _person(self, name: str) -> Person:
        return self._room.join(name, self._host.now())
