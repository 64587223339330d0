"""What the commands, buttons and forms of peer reviews do: arguments to use case, nothing more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.cards import Reply
from bot.commands.spec import Context, FormSpec, PressSpec, day_of
from bot.domain.duty import AnswerId
from bot.domain.group import MemberId
from bot.domain.peer_review import ReactionKind
from bot.errors import Refusal
from bot.inbound import Submission
from bot.usecases.peers import (
    calibrate,
    decline_review,
    give_review,
    peer_rules,
    react_to_review,
    show_duties,
    show_reviews,
)
from bot.views import notices
from bot.views.peers.peer_form import HIDDEN


async def review(context: Context, arguments: Mapping[str, str]) -> Reply:
    return await show_duties.run(context.ports, context.group, context.member)


async def rules(context: Context, arguments: Mapping[str, str]) -> Reply:
    if not arguments:
        return await peer_rules.show(context.ports, context.group)
    return await peer_rules.change(context.ports, context.group, **arguments)


def _answer(what: str) -> AnswerId:
    """The answer that a button or a form carries. Raises Refusal when it carries none."""
    day, _, author = what.removesuffix(HIDDEN).partition(":")
    if not author:
        raise Refusal(notices.EXPIRED)
    return AnswerId(day_of(day), MemberId(author))


async def _press_owed(context: Context, _: str) -> Reply:
    return await show_duties.run(context.ports, context.group, context.member)


async def _press_read(context: Context, what: str) -> Reply:
    return await show_duties.read(context.ports, context.group, context.member, _answer(what))


async def _press_review(context: Context, what: str) -> Reply:
    return await give_review.open_form(context.ports, context.group, context.member, _answer(what))


async def _press_decline(context: Context, what: str) -> Reply:
    return await decline_review.run(context.ports, context.group, context.member, _answer(what))


async def _press_reviews(context: Context, day: str) -> Reply:
    post = await context.ports.posts.get(context.group.id, day_of(day))
    return await show_reviews.run(context.ports, context.group, context.member, post)


def _press_reaction(kind: ReactionKind) -> Callable[[Context, str], Awaitable[Reply]]:
    async def call(context: Context, what: str) -> Reply:
        about, _, token = what.rpartition(":")
        return await react_to_review.run(context.ports, context.group, context.member, kind, _answer(about), token)

    return call


async def _review(context: Context, what: str, form: Submission) -> Reply:
    return await give_review.submit(
        context.ports, context.group, context.member, _answer(what), form, anonymous=what.endswith(HIDDEN)
    )


async def _review_left(context: Context, what: str, typed: Mapping[str, str]) -> None:
    await give_review.keep(context.ports, context.group, context.member, _answer(what), typed)


async def _calibrate(context: Context, what: str, form: Submission) -> Reply:
    section, _, about = what.partition(":")
    return await calibrate.run(context.ports, context.group, context.member, section, _answer(about), form.values)


PEER_PRESSES: Mapping[str, PressSpec] = {
    "owed": PressSpec(_press_owed),
    "read": PressSpec(_press_read),
    "review": PressSpec(_press_review, opens_form=True),
    "decline": PressSpec(_press_decline),
    "reviews": PressSpec(_press_reviews),
    **{kind.value: PressSpec(_press_reaction(kind)) for kind in ReactionKind},
}
PEER_FORMS: Mapping[str, FormSpec] = {
    "review": FormSpec(_review, left=_review_left),
    "calibrate": FormSpec(_calibrate),
}
