"""A member tries a variant that was put to them: the form, kept words first, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.cards import Card, Form
from bot.domain.group import Group, Member
from bot.domain.variant import MOST_VARIANT_CHARS, Variant, is_long_enough
from bot.errors import Refusal
from bot.inbound import Submission
from bot.ports import Ports
from bot.usecases import owed
from bot.usecases.feedback import judge_variant
from bot.views import notices
from bot.views.feedback import variant_card
from bot.views.feedback.variant_card import TEXT


async def open_form(ports: Ports, group: Group, member: Member, day: date) -> Card | Form:
    """The form with what was typed before; once it was sent, how it stands. Raises Refusal when it was not put."""
    variant = await _find(ports, group, member, day)
    if variant.is_answered:
        return await _standing(ports, group, member, variant)
    return await _form(ports, group, member, variant)


async def keep(ports: Ports, group: Group, member: Member, day: date, typed: Mapping[str, str]) -> None:
    """Keep what was typed as a draft."""
    text = typed.get(TEXT, "")
    await ports.drafts.save(group.id, member.id, _draft(day), {TEXT: text} if text.strip() else {})


async def submit(ports: Ports, group: Group, member: Member, day: date, form: Submission) -> Card | Form:
    """Keep the words first, then take them once, however often the form arrives."""
    await keep(ports, group, member, day, form.values)
    text, event, now = form.values.get(TEXT, "").strip(), form.caller.event, ports.clock.now()
    try:
        variant = await _find(ports, group, member, day)
    except Refusal as refusal:
        return notices.words_back({TEXT: text}, str(refusal))
    if not variant.is_answered and (error := _fault(text)):
        return await _form(ports, group, member, variant, error)
    stands = await ports.variants.update(
        group.id, day, member.id,
        lambda known: known if known.is_answered else replace(known, text=text, event=event, at=now),
    )  # fmt: skip
    if stands is None:
        return notices.words_back({TEXT: text}, variant_card.GONE)
    if stands.event != event and stands.text != text:
        return notices.words_back({TEXT: text}, variant_card.TAKEN)
    if not variant.is_answered:  # the work that put it may not have ended yet; this takes its place
        await ports.jobs.add(owed.variant(group.id, day, member.id), now)
        ports.wake()
    reply = await _standing(ports, group, member, stands)
    await ports.drafts.save(group.id, member.id, _draft(day), {})
    return reply


async def everything(ports: Ports, group: Group, member: Member) -> list[dict[str, object]]:
    """What is stored of a member, JSON-ready."""
    found = [await ports.variants.get(group.id, post.day, member.id) for post in await ports.posts.all(group.id)]
    return [variant_card.data(each) for each in found if each is not None]


async def _find(ports: Ports, group: Group, member: Member, day: date) -> Variant:
    """The member's own, once it was put. Raises Refusal."""
    variant = await ports.variants.get(group.id, day, member.id)
    key = judge_variant.asked_key(day, member.id)
    if variant is None or (variant.asked_at is None and await ports.outbox.get(group.id, key) is None):
        raise Refusal(variant_card.GONE)
    return variant


def _fault(text: str) -> str:
    if len(text) > MOST_VARIANT_CHARS:
        return variant_card.TOO_LONG
    return "" if is_long_enough(text) else variant_card.TOO_SHORT


async def _form(ports: Ports, group: Group, member: Member, variant: Variant, error: str = "") -> Form:
    draft = await ports.drafts.get(group.id, member.id, _draft(variant.day))
    question = await judge_variant.question_of(ports, group, variant)
    errors = {TEXT: error} if error else None
    return variant_card.form(variant, question, ports.library.framework, draft.get(TEXT, ""), errors=errors)


async def _standing(ports: Ports, group: Group, member: Member, variant: Variant) -> Card:
    """How it stands; what is not settled is owed, whatever happened before."""
    if variant.is_settled:
        return await judge_variant.card_of(ports, group, member, variant)
    job = owed.variant(group.id, variant.day, member.id)
    if await ports.jobs.owed(job) is None:
        await ports.jobs.add(job, ports.clock.now())
        ports.wake()
    return variant_card.pending(variant, ports.library.framework)


def _draft(day: date) -> str:
    return f"variant:{day}"
