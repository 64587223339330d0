"""What the tools of those who run the questions do: arguments to use case, nothing more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.cards import Reply
from bot.commands.spec import Audience, Context, FormSpec, PressSpec, day_of
from bot.errors import Refusal
from bot.inbound import Submission
from bot.usecases.facilitating import inbox as inboxes
from bot.usecases.facilitating import manage_bank, manage_queue, past_entries, settle_suggestion, skip_date
from bot.views import notices
from bot.views.facilitating import queue_card


async def queue(context: Context, arguments: Mapping[str, str]) -> Reply:
    ports, group = context.ports, context.group
    first, second = arguments.get("question", ""), arguments.get("date", "")
    match arguments.get("action"):
        case "pin":
            if not second:
                raise Refusal(queue_card.PIN_FORM)
            return await manage_queue.pin(ports, group, first, second)
        case "move":
            return await manage_queue.move(ports, group, first, second)
        case "remove":
            return await manage_queue.remove(ports, group, second or first)
        case _:
            return await manage_queue.show(ports, group)


async def bank(context: Context, arguments: Mapping[str, str]) -> Reply:
    does = _BANK.get(arguments.get("action", "list"), _bank_list)
    return await does(context, arguments.get("what", ""))


async def _bank_list(context: Context, what: str) -> Reply:
    if not what:
        return await manage_bank.overview(context.ports, context.group)
    return await manage_bank.listed(context.ports, context.group, what)


async def _bank_show(context: Context, question_id: str) -> Reply:
    return await manage_bank.show(context.ports, context.group, question_id)


async def _bank_add(context: Context, _: str) -> Reply:
    return await manage_bank.add_form(context.ports, context.group, context.member)


async def _bank_edit(context: Context, question_id: str) -> Reply:
    return await manage_bank.edit_form(context.ports, context.group, context.member, question_id)


async def _bank_retire(context: Context, question_id: str) -> Reply:
    return await manage_bank.retire(context.ports, context.group, question_id, on=True)


async def _bank_unretire(context: Context, question_id: str) -> Reply:
    return await manage_bank.retire(context.ports, context.group, question_id, on=False)


async def _bank_export(context: Context, form: str) -> Reply:
    return await manage_bank.export(context.ports, context.group, form)


_BANK: Mapping[str, Callable[[Context, str], Awaitable[Reply]]] = {
    "list": _bank_list,
    "show": _bank_show,
    "add": _bank_add,
    "edit": _bank_edit,
    "retire": _bank_retire,
    "unretire": _bank_unretire,
    "export": _bank_export,
}
BANK_ACTIONS = tuple(_BANK)


async def inbox(context: Context, arguments: Mapping[str, str]) -> Reply:
    return await inboxes.show(context.ports, context.group, context.member)


async def _page(context: Context, what: str) -> Reply:
    key, _, page = what.rpartition(":")
    return await manage_bank.listed(context.ports, context.group, key, _number(page))


async def _inbox_page(context: Context, page: str) -> Reply:
    return await inboxes.show(context.ports, context.group, context.member, _number(page or "1"))


async def _inbox_past(context: Context, page: str) -> Reply:
    return await past_entries.show(context.ports, context.group, _number(page))


def _number(text: str) -> int:
    """A page that a button carries. Raises Refusal when it is none: somebody made it up."""
    if not (text.isascii() and text.isdecimal() and len(text) < len("10000")):
        raise Refusal(notices.EXPIRED)
    return int(text)


async def _queue(context: Context, _: str) -> Reply:
    return await manage_queue.show(context.ports, context.group)


async def _queue_form(context: Context, _: str) -> Reply:
    return await manage_queue.open_form(context.ports, context.group)


async def _unskip(context: Context, day: str) -> Reply:
    return await skip_date.unskip(context.ports, context.group, str(day_of(day)))


async def _approve(context: Context, suggestion_id: str) -> Reply:
    return await settle_suggestion.approve(context.ports, context.group, context.member, suggestion_id)


async def _suggestion_form(context: Context, suggestion_id: str) -> Reply:
    return await settle_suggestion.edit_form(context.ports, context.group, context.member, suggestion_id)


async def _decline_form(context: Context, suggestion_id: str) -> Reply:
    return await settle_suggestion.decline_form(context.ports, context.group, context.member, suggestion_id)


async def _queue_sent(context: Context, _: str, form: Submission) -> Reply:
    return await manage_queue.submit(context.ports, context.group, form.values)


async def _add_sent(context: Context, _: str, form: Submission) -> Reply:
    return await manage_bank.add(context.ports, context.group, context.member, form.values, form.caller.event)


async def _edit_sent(context: Context, question_id: str, form: Submission) -> Reply:
    return await manage_bank.edit(context.ports, context.group, context.member, question_id, form.values)


async def _suggestion_sent(context: Context, suggestion_id: str, form: Submission) -> Reply:
    return await settle_suggestion.edit(context.ports, context.group, context.member, suggestion_id, form.values)


async def _decline_sent(context: Context, suggestion_id: str, form: Submission) -> Reply:
    return await settle_suggestion.decline(context.ports, context.group, context.member, suggestion_id, form.values)


def _left(name: str) -> Callable[[Context, str, Mapping[str, str]], Awaitable[None]]:
    """Keeps what stands in the form `name`."""

    async def keep(context: Context, what: str, typed: Mapping[str, str]) -> None:
        action = f"{name}:{what}" if what else name
        await manage_bank.keep(context.ports, context.group, context.member, action, typed)

    return keep


FACILITATOR_PRESSES: Mapping[str, PressSpec] = {
    "queue": PressSpec(_queue, Audience.FACILITATOR),
    "queue-form": PressSpec(_queue_form, Audience.FACILITATOR, opens_form=True),
    "unskip": PressSpec(_unskip, Audience.FACILITATOR),
    "bank-page": PressSpec(_page, Audience.FACILITATOR),
    manage_bank.ADD: PressSpec(_bank_add, Audience.FACILITATOR, opens_form=True),
    manage_bank.EDIT: PressSpec(_bank_edit, Audience.FACILITATOR, opens_form=True),
    "bank-retire": PressSpec(_bank_retire, Audience.FACILITATOR),
    "bank-unretire": PressSpec(_bank_unretire, Audience.FACILITATOR),
    "bank-export": PressSpec(_bank_export, Audience.FACILITATOR),
    "inbox": PressSpec(_inbox_page, Audience.FACILITATOR),
    "inbox-past": PressSpec(_inbox_past, Audience.FACILITATOR),
    "suggestion-approve": PressSpec(_approve, Audience.FACILITATOR, opens_form=True),
    settle_suggestion.EDIT: PressSpec(_suggestion_form, Audience.FACILITATOR, opens_form=True),
    settle_suggestion.DECLINE: PressSpec(_decline_form, Audience.FACILITATOR, opens_form=True),
}
FACILITATOR_FORMS: Mapping[str, FormSpec] = {
    "queue-form": FormSpec(_queue_sent, audience=Audience.FACILITATOR),
    manage_bank.ADD: FormSpec(_add_sent, _left(manage_bank.ADD), Audience.FACILITATOR),
    manage_bank.EDIT: FormSpec(_edit_sent, _left(manage_bank.EDIT), Audience.FACILITATOR),
    settle_suggestion.EDIT: FormSpec(_suggestion_sent, _left(settle_suggestion.EDIT), Audience.FACILITATOR),
    settle_suggestion.DECLINE: FormSpec(_decline_sent, _left(settle_suggestion.DECLINE), Audience.FACILITATOR),
}
