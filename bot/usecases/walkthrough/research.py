"""What a member can do about a walkthrough: ask for one, sketch first, read, share, ask afresh."""

from __future__ import annotations

from bot.cards import Card, Form, Reply
from bot.domain.group import Group, Member
from bot.domain.prose import clean
from bot.domain.walkthrough import MOST_QUESTION_CHARS, Ask, Walkthrough, ask_id, is_too_little, key_of
from bot.errors import Refusal
from bot.ports import Ports
from bot.usecases import owed
from bot.usecases.walkthrough.near_questions import near_open
from bot.usecases.walkthrough.study_pack import study_pack
from bot.usecases.walkthrough.write_walkthrough import kept
from bot.views.notices import notice
from bot.views.walkthrough import walkthrough_card
from bot.views.walkthrough import walkthrough_words as words

MOST_A_DAY = 2
"""New walkthroughs a member and UTC day; with a member's default budget, money says about the same."""


async def ask(
    ports: Ports, group: Group, member: Member, event: str, text: str, *, fresh: bool = False, share: bool = False
) -> Reply:
    """Begin a walkthrough of `text`, show the one that is kept, or ask for a sketch first. Raises Refusal."""
    question = " ".join(clean(text).split())
    if not question:
        raise Refusal(words.ASK_SOMETHING)
    if len(question) > MOST_QUESTION_CHARS:
        return words.too_long(text)
    if is_too_little(question):
        raise Refusal(words.TOO_LITTLE)
    near = await near_open(ports, group, question)
    if near is not None and share:
        raise Refusal(words.not_while_open(near[1]))
    now = ports.clock.now()
    wanted = await ports.walkthroughs.keep(
        group.id,
        Ask(
            id=ask_id(event),
            member_id=member.id,
            question=question,
            key=key_of(question),
            asked_at=now,
            day=now.date(),
            fresh=fresh,
            share=share,
            near_day=near[0].day if near else None,
        ),
    )
    if near is not None and await ports.answers.get(group.id, near[0].day, member.id) is None:
        return words.attempt_first(wanted, *near, group)
    return await _begin(ports, group, wanted)


async def show_anyway(ports: Ports, group: Group, member: Member, wanted_id: str) -> Reply:
    """The walkthrough without a sketch. Raises Refusal."""
    return await _begin(ports, group, await _asked(ports, group, member, wanted_id))


async def open_sketch(ports: Ports, group: Group, member: Member, wanted_id: str) -> Form:
    """The form for a sketch. Raises Refusal."""
    return words.sketch_form(await _asked(ports, group, member, wanted_id))


async def sketch(ports: Ports, group: Group, member: Member, wanted_id: str, text: str) -> Reply:
    """Keep the sketch, then begin. Raises Refusal."""
    wanted = await keep_sketch(ports, group, member, wanted_id, text)
    if not clean(text).strip():
        return words.sketch_form(wanted, error=words.SKETCH_EMPTY)
    return await _begin(ports, group, wanted)


async def keep_sketch(ports: Ports, group: Group, member: Member, wanted_id: str, text: str) -> Ask:
    """Keep what was typed; nothing replaces it. Raises Refusal when the ask is no longer known."""
    wanted = await _asked(ports, group, member, wanted_id)
    if text.strip() and not wanted.done:
        wanted = await ports.walkthroughs.change(group.id, wanted, sketch=text) or wanted
    return wanted


async def read(ports: Ports, group: Group, key: str, at: int) -> Card:
    """One of the cards of a walkthrough that is kept. Raises Refusal."""
    made = await _kept(ports, group, key)
    card = walkthrough_card.reading_card(made, ports.library.framework, at)
    if card is None:
        raise Refusal(words.GONE)
    return card


async def share(ports: Ports, group: Group, member: Member, event: str, key: str) -> Card:
    """Put a walkthrough that is kept into the channel, unless it is near an open question. Raises Refusal."""
    made = await _kept(ports, group, key)
    near = await near_open(ports, group, made.question)
    if near is not None:
        raise Refusal(words.not_while_open(near[1]))
    now = ports.clock.now()
    wanted = Ask(
        id=ask_id(event), member_id=member.id, question=made.question, key=key, asked_at=now, day=now.date(), share=True
    )
    await _owe(ports, group, await ports.walkthroughs.keep(group.id, wanted))
    return notice(words.SHARED_SOON, "walkthrough-shared")


async def afresh(ports: Ports, group: Group, member: Member, event: str, key: str) -> Reply:
    """Ask the question of a walkthrough that is kept once more. Raises Refusal."""
    made = await _kept(ports, group, key)
    return await ask(ports, group, member, event, made.question, fresh=True)


async def _begin(ports: Ports, group: Group, wanted: Ask) -> Reply:
    """What is kept at once; without a model the study pack at once; else the work is owed. Raises Refusal."""
    if wanted.begun and not wanted.done:
        return notice(words.ALREADY_ON_IT)
    made = await kept(ports, group, wanted)
    if made is not None and not wanted.share and (wanted.near_day is None or wanted.done):
        return walkthrough_card.summary(made, ports.library.framework, buttons=True, readable=True)
    if wanted.done:
        raise Refusal(words.FINISHED)
    if made is None and ports.researcher is None and not wanted.sketch:
        return await study_pack(ports, group, wanted.member_id, wanted.question, words.NO_MODEL)
    if made is None:
        await _check_quota(ports, group, wanted)
    await _owe(ports, group, wanted)
    return words.on_my_way(shared=wanted.share)


async def _check_quota(ports: Ports, group: Group, wanted: Ask) -> None:
    today = ports.clock.now().date()
    asks = await ports.walkthroughs.asks(group.id, wanted.member_id)
    used = [each for each in asks if each.day == today and (each.paid or (each.begun and not each.done))]
    if len([each for each in used if each.id != wanted.id]) >= MOST_A_DAY:
        raise Refusal(words.over_quota(MOST_A_DAY))


async def _owe(ports: Ports, group: Group, wanted: Ask) -> None:
    """The job first: without it, an ask that is marked as begun would never be done."""
    await ports.jobs.restore([(owed.walk(group.id, wanted.id, wanted.member_id), ports.clock.now())])
    await ports.walkthroughs.change(group.id, wanted, begun=True)
    ports.wake()


async def _asked(ports: Ports, group: Group, member: Member, wanted_id: str) -> Ask:
    wanted = await ports.walkthroughs.ask(group.id, member.id, wanted_id)
    if wanted is None:
        raise Refusal(words.ASK_GONE)
    return wanted


async def _kept(ports: Ports, group: Group, key: str) -> Walkthrough:
    made = await ports.walkthroughs.get(group.id, key)
    if made is None:
        raise Refusal(words.GONE)
    return made
