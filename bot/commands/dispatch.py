"""From what a person did to the use case that does it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from bot.cards import Card, Form, Reply
from bot.commands.forms import FORMS
from bot.commands.presses import PRESSES
from bot.commands.spec import Argument, Audience, CommandSpec, Context, Kind, check_right, nearest
from bot.commands.table import COMMANDS
from bot.domain.group import Member
from bot.errors import NotYet, Refusal
from bot.inbound import (
    Arrived,
    Asked,
    Caller,
    Command,
    Deleted,
    Departed,
    Edited,
    Inbound,
    Left,
    Press,
    Said,
    Submission,
)
from bot.ports import Ports
from bot.usecases.answering import ask_in_thread, change_answer, take_answer
from bot.usecases.facilitating import manage_group
from bot.usecases.facilitating.wishes import Wishes
from bot.usecases.members import find_groups, leave
from bot.views import notices
from bot.views.members import help_card


async def dispatch(ports: Ports, event: Inbound) -> Reply:
    """Do what a person asked for; the reply is for that person only.

    Raises Refusal with words for the person, StoreDown when nothing could be read or kept, NotYet when it is too early.
    """
    match event:
        case Command():
            return await _command(ports, event)
        case Press():
            return await _press(ports, event)
        case Submission():
            return await _submission(ports, event)
        case Said() | Edited() | Deleted():
            return await _thread_message(ports, event)
        case Asked():
            return await _asked(ports, event)
        case Left():
            await _left(ports, event)
        case Departed() | Arrived():
            await _came_or_went(ports, event)
    return None


async def _command(ports: Ports, event: Command) -> Reply:
    spec = _find(COMMANDS, event.name, lambda near: help_card.unknown_command(event.name, near))
    text = event.text.strip()
    if spec.verbs:
        verb, _, text = text.partition(" ")
        if not verb:
            return help_card.verbs(spec.name, [(row.usage, row.summary) for row in spec.verbs])
        spec = _find(spec.verbs, verb.lower(), lambda near: help_card.unknown_verb(spec.name, verb, near))
    if spec.run is None:
        raise KeyError(spec.name)
    arguments = parse(spec, text, root="" if spec.name == event.name else f"{event.name} ")
    context = await _context(ports, event.caller, creating=spec.name == "setup")
    if context is None:
        return await _first_setup(ports, event.caller, arguments)
    check_right(spec.audience, context)
    return await spec.run(context, arguments)


def parse(spec: CommandSpec, text: str, *, root: str = "") -> dict[str, str]:
    """Arguments by name: `name=value`, the others by position; a trailing text or member takes the rest.

    Inside such a text `name=value` is part of what somebody says. `root` is the command that a verb belongs to, with a
    blank. Raises Refusal.
    """
    values: dict[str, str] = {}
    usage = root + spec.usage
    arguments = {name: argument for argument in spec.arguments for name in (argument.name, argument.former) if name}
    rest: list[str] = []
    for word, is_named in _words(spec, text, arguments):
        name, _, value = word.partition("=")
        if is_named:
            argument = arguments[name.lower()]
            values[argument.name] = _checked(usage, argument, value)
        else:
            rest.append(word)
    for argument in spec.arguments:
        if rest and argument.takes_the_rest:  # people have names of several words
            values[argument.name], rest = " ".join(filter(None, (values.get(argument.name), *rest))), []
        elif rest and argument.name not in values:
            values[argument.name] = _checked(usage, argument, rest.pop(0))
    if rest:
        raise Refusal(help_card.too_much(usage, spec.summary, " ".join(rest)))
    return values


def _words(spec: CommandSpec, text: str, names: Collection[str]) -> list[tuple[str, bool]]:
    """Each word of a line, and whether it is `name=value`; beside a text only at the line's two ends."""
    words = text.split()
    named = ["=" in word and word.partition("=")[0].lower() in names for word in words]
    said = [number for number, is_named in enumerate(named) if not is_named]
    if said and any(argument.takes_the_rest for argument in spec.arguments):
        inside = range(said[0], said[-1])
        named = [is_named and number not in inside for number, is_named in enumerate(named)]
    return list(zip(words, named, strict=True))


def _checked(usage: str, argument: Argument, word: str) -> str:
    if argument.kind is not Kind.CHOICE:
        return word
    if word.lower() not in argument.choices:
        raise Refusal(help_card.unknown_choice(usage, word, argument.choices))
    return word.lower()


def _find(table: Sequence[CommandSpec], name: str, explain: Callable[[str | None], str]) -> CommandSpec:
    for spec in table:
        if spec.name == name:
            return spec
    raise Refusal(explain(nearest(name, [spec.name for spec in table])))


async def _context(ports: Ports, caller: Caller, *, creating: bool = False) -> Context | None:
    """The group of the channel, or the member's only one, and the member.

    None when the channel has no group and the caller is about to create one.
    """
    group_id = await ports.groups.at(caller.place)
    group = await ports.groups.get(group_id) if group_id else None
    if group is None:
        if creating:
            return None
        group = await find_groups.only_group(ports, caller.place.platform, caller.place.workspace, caller.member_id)
        caller = replace(caller, may_administer=False)  # it was said of the place they are in, not of the group's
    fresh = Member(id=caller.member_id, name=caller.name, joined_at=ports.clock.now())
    member = await ports.groups.join(group.id, fresh)
    if group.place == caller.place:
        member = await leave.come_back(ports, group.id, member)
    return Context(ports, caller, group, member)


async def _first_setup(ports: Ports, caller: Caller, arguments: Mapping[str, str]) -> Reply:
    if not caller.may_post:  # a platform may not say who manages a channel that it does not show to the bot
        raise Refusal(notices.INVITE_ME)
    if caller.lacks:
        raise Refusal(notices.lacks_here(caller.lacks))
    if not caller.may_administer:
        raise Refusal(notices.NOT_ADMIN)
    if not arguments:
        return manage_group.form(None, caller.zone)
    return await manage_group.set_up(ports, caller, Wishes.of(arguments))


async def _press(ports: Ports, event: Press) -> Reply:
    name, _, argument = event.action.partition(":")
    press = PRESSES.get(name)
    if press is None:
        raise Refusal(notices.EXPIRED)
    context = await _context(ports, event.caller)
    if context is None:
        raise Refusal(notices.NO_GROUP)
    check_right(press.audience, context)
    return await press.run(context, argument)


async def _submission(ports: Ports, event: Submission) -> Reply:
    name, _, argument = event.action.partition(":")
    if name == "setup":
        return await _setup_submitted(ports, event)
    context = await _context(ports, event.caller)
    form = FORMS.get(name)
    if form is None or context is None:
        raise Refusal(notices.EXPIRED)
    check_right(form.audience, context)
    return await form.run(context, argument, event)


async def _left(ports: Ports, event: Left) -> None:
    name, _, argument = event.action.partition(":")
    form = FORMS.get(name)
    context = await _context(ports, event.caller)
    if form is not None and form.left is not None and context is not None:
        await form.left(context, argument, event.values)


async def _setup_submitted(ports: Ports, event: Submission) -> Card | Form:
    context = await _context(ports, event.caller, creating=True)
    if context is not None:
        check_right(Audience.ADMIN, context)
    elif not event.caller.may_administer:
        raise Refusal(notices.NOT_ADMIN)
    try:
        return await manage_group.set_up(ports, event.caller, Wishes.of(event.values))
    except Refusal as refusal:
        if refusal.field is None:
            raise
        return manage_group.refused_form(event.values, refusal)


async def _thread_message(ports: Ports, event: Said | Edited | Deleted) -> Reply:
    """A message in the thread of a post; anything else in the channel is not ours to read."""
    thread = event.caller.thread
    group_id = await ports.groups.at(event.caller.place)
    day = await ports.posts.opened_by(group_id, thread.message_id) if group_id and thread else None
    if group_id and day is None and event.caller.fresh_thread:
        raise NotYet("a member was quicker than the record of the post that they answer")
    if group_id is None or day is None:
        return None
    match event:
        case Said():
            return await take_answer.said(ports, group_id, day, event)
        case Edited():
            return await change_answer.edit(ports, group_id, day, event)
        case Deleted():
            await change_answer.delete(ports, group_id, day, event)
            return None


async def _came_or_went(ports: Ports, event: Departed | Arrived) -> None:
    """Only the channel of a group is ours to follow."""
    group_id = await ports.groups.at(event.caller.place)
    if group_id is not None:
        act = leave.run if isinstance(event, Departed) else leave.arrive
        await act(ports, group_id, event.caller.member_id, event.at)


async def _asked(ports: Ports, event: Asked) -> Reply:
    thread = event.caller.thread
    group_id = await ports.groups.at(event.caller.place)
    day = await ports.posts.opened_by(group_id, thread.message_id) if group_id and thread else None
    context = await _context(ports, event.caller) if day else None
    if day is None or context is None:
        raise Refusal(notices.NOT_IN_A_THREAD)
    return await ask_in_thread.run(ports, context.group, context.member, day, event)
