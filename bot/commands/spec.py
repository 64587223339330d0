"""What a command, an argument and a button are."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.cards import Reply
from bot.domain.group import Group, Member
from bot.errors import Refusal
from bot.inbound import Caller, Submission
from bot.ports import Ports
from bot.views import notices

OUR_PREFIX = "tpm-"


class Audience(StrEnum):
    """Who may use a command."""

    MEMBER = "member"
    FACILITATOR = "facilitator"
    ADMIN = "admin"


class Kind(StrEnum):
    """What an argument is; each platform has its own way to type and complete one."""

    TEXT = "text"
    CHOICE = "choice"
    TOPIC = "topic"
    LEVEL = "level"
    ZONE = "zone"
    TIME = "time"
    DAYS = "days"
    DAY = "day"
    MEMBER = "member"
    QUESTION = "question"
    """The id of a question, or one word that may stand in its place."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument, named `name=value` or given by position; a TEXT or MEMBER takes the rest of the line.

    `former`: the name that it had before; it may still be typed.
    """

    name: str
    kind: Kind
    help: str
    choices: tuple[str, ...] = ()
    former: str = ""

    @property
    def takes_the_rest(self) -> bool:
        return self.kind in (Kind.TEXT, Kind.MEMBER)


@dataclass(frozen=True, slots=True)
class Context:
    """Who acts in which group."""

    ports: Ports
    caller: Caller
    group: Group
    member: Member


Run = Callable[[Context, Mapping[str, str]], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """One row of the table. `verbs` are subcommands; a row has either them or `run`.

    `opens_form`: the reply may be a form; a platform that has to hurry opens its window ahead.
    """

    name: str
    summary: str
    arguments: tuple[Argument, ...] = ()
    audience: Audience = Audience.MEMBER
    run: Run | None = None
    verbs: tuple[CommandSpec, ...] = ()
    opens_form: bool = False

    @property
    def usage(self) -> str:
        """How to type it, without the slash."""
        if self.verbs:
            return f"{self.name} VERB"
        return " ".join((self.name, *(f"[{argument.name}]" for argument in self.arguments)))


@dataclass(frozen=True, slots=True)
class PressSpec:
    """What a button does: `run` takes what follows the colon of its action."""

    run: Callable[[Context, str], Awaitable[Reply]]
    audience: Audience = Audience.MEMBER
    opens_form: bool = False


@dataclass(frozen=True, slots=True)
class FormSpec:
    """What a form sent back does: `run` takes what follows the colon of its action.

    `left` keeps what was typed when the form is closed without sending it.
    """

    run: Callable[[Context, str, Submission], Awaitable[Reply]]
    left: Callable[[Context, str, Mapping[str, str]], Awaitable[None]] | None = None
    audience: Audience = Audience.MEMBER


def check_right(audience: Audience, context: Context) -> None:
    """Raises Refusal unless the caller may use what is for `audience`. Checked again at each press."""
    member, group = context.member.id, context.group
    administers = context.caller.may_administer or group.is_admin(member)
    if audience is Audience.ADMIN and not administers:
        raise Refusal(notices.NOT_ADMIN)
    if audience is Audience.FACILITATOR and not administers and not group.may_facilitate(member):
        raise Refusal(notices.NOT_FACILITATOR)


def day_of(text: str) -> date:
    """The day that a button or a form carries. Raises Refusal when it is none: an old card, or somebody made it up."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(notices.EXPIRED) from None


def nearest(word: str, known: Sequence[str]) -> str | None:
    """What somebody who typed `word` may have meant; what all our commands begin with makes no two alike."""
    by_rest = {each.removeprefix(OUR_PREFIX): each for each in known}
    close = difflib.get_close_matches(word.removeprefix(OUR_PREFIX), list(by_rest), n=1, cutoff=0.5)
    return by_rest[close[0]] if close else None
