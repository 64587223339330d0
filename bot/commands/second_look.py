"""What comes after feedback: second shots, disputes, and what facilitators decide; arguments to use case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.cards import Reply
from bot.commands.spec import Audience, Context, FormSpec, PressSpec, day_of
from bot.domain.duty import AnswerId
from bot.domain.group import MemberId
from bot.domain.peer_review import KEPT, REMOVED
from bot.errors import Refusal
from bot.inbound import Submission
from bot.usecases.facilitating import manage_bank, settle_entry
from bot.usecases.facilitating.settle_entry import DECIDE, About
from bot.usecases.feedback import dispute, second_shot, try_variant
from bot.usecases.members import manage_self
from bot.views import notices


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


async def _variant(context: Context, day: str) -> Reply:
    return await try_variant.open_form(context.ports, context.group, context.member, day_of(day))


async def _variant_sent(context: Context, day: str, form: Submission) -> Reply:
    return await try_variant.submit(context.ports, context.group, context.member, day_of(day), form)


async def _variant_left(context: Context, day: str, typed: Mapping[str, str]) -> None:
    await try_variant.keep(context.ports, context.group, context.member, day_of(day), typed)


async def _probes_off(context: Context, _: str) -> Reply:
    return await manage_self.set_probes(context.ports, context.group, context.member, "off")


async def _dispute_form(context: Context, day: str) -> Reply:
    return await dispute.open_form(context.ports, context.group, context.member, day_of(day))


async def _dispute_sent(context: Context, day: str, form: Submission) -> Reply:
    return await dispute.submit(context.ports, context.group, context.member, day_of(day), form)


async def _dispute_left(context: Context, day: str, typed: Mapping[str, str]) -> None:
    await dispute.keep(context.ports, context.group, context.member, day_of(day), typed)


def _about(what: str) -> About:
    """The dispute that a button or a form carries. Raises Refusal when it carries none."""
    day, _, rest = what.partition(":")
    author, _, section = rest.partition(":")
    key, _, version = section.partition(":")
    if not (author and key and version.isascii() and version.isdecimal()):
        raise Refusal(notices.EXPIRED)
    return About(AnswerId(day_of(day), MemberId(author)), key, int(version[:9]))


async def _dispute_read(context: Context, what: str) -> Reply:
    return await settle_entry.read(context.ports, context.group, context.member, _about(what))


async def _decide_form(context: Context, what: str) -> Reply:
    return await settle_entry.decide_form(context.ports, context.group, context.member, _about(what))


async def _decide_sent(context: Context, what: str, form: Submission) -> Reply:
    return await settle_entry.decide(context.ports, context.group, context.member, _about(what), form.values)


async def _decide_left(context: Context, what: str, typed: Mapping[str, str]) -> None:
    await manage_bank.keep(context.ports, context.group, context.member, _about(what).action, typed)


def _flag(outcome: str) -> Callable[[Context, str], Awaitable[Reply]]:
    async def call(context: Context, what: str) -> Reply:
        about, _, token = what.rpartition(":")
        return await settle_entry.flag(context.ports, context.group, context.member, _answer(about), token, outcome)

    return call


async def _flags_keep(context: Context, flagger: str) -> Reply:
    return await settle_entry.keep_all(context.ports, context.group, context.member, MemberId(flagger))


async def _leave(context: Context, what: str) -> Reply:
    return await settle_entry.leave(context.ports, context.group, context.member, _answer(what))


def _answer(what: str) -> AnswerId:
    day, _, author = what.partition(":")
    return AnswerId(day_of(day), MemberId(author))


SECOND_PRESSES: Mapping[str, PressSpec] = {
    "shot": PressSpec(_shot),
    "shot-form": PressSpec(_shot_form, opens_form=True),
    "variant": PressSpec(_variant, opens_form=True),
    "probes-off": PressSpec(_probes_off),
    "dispute": PressSpec(_dispute_form, opens_form=True),
    "dispute-read": PressSpec(_dispute_read, Audience.FACILITATOR),
    DECIDE: PressSpec(_decide_form, Audience.FACILITATOR, opens_form=True),
    "flag-keep": PressSpec(_flag(KEPT), Audience.FACILITATOR),
    "flag-remove": PressSpec(_flag(REMOVED), Audience.FACILITATOR),
    "flags-keep": PressSpec(_flags_keep, Audience.FACILITATOR),
    "unreviewed-leave": PressSpec(_leave, Audience.FACILITATOR),
}
SECOND_FORMS: Mapping[str, FormSpec] = {
    "shot": FormSpec(_shot_sent, left=_shot_left),
    "variant": FormSpec(_variant_sent, left=_variant_left),
    "dispute": FormSpec(_dispute_sent, left=_dispute_left),
    DECIDE: FormSpec(_decide_sent, _decide_left, Audience.FACILITATOR),
}
