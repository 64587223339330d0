"""The agenda's work for one walkthrough: have it written, keep it, bring it. Safe to run again after any line."""

from __future__ import annotations

import logging
from datetime import timedelta

from bot.cards import Card
from bot.domain.group import Group, MemberId, MessageRef
from bot.domain.walkthrough import Ask, Walkthrough
from bot.errors import ChatRefused, ReviewerBusy, ReviewerDeclined, ReviewerDown, ReviewerTrouble, Trouble
from bot.ports import Job, Ports, Researcher, ResearchRequest, Written
from bot.usecases.deliver import deliver, take_back
from bot.usecases.walkthrough.deliver_walkthrough import deliver_notice, deliver_walkthrough, direct, key_of
from bot.usecases.walkthrough.study_pack import study_pack
from bot.usecases.walkthrough.walk_progress import shown
from bot.usecases.work import Again
from bot.views import notices
from bot.views.walkthrough import walkthrough_words as words

log = logging.getLogger(__name__)

OF_DAY = 0.6
"""The part of the day's budget that walkthroughs may use up; feedback on answers must not end because of them."""
NEAREST_FACTS = 24
MOST_LOST_STARTS = 2
"""A start whose end nobody heard may have cost money, and may be what kills its worker."""
PATIENCE = timedelta(minutes=20)
RETRY_AFTER = timedelta(minutes=2)


async def run(ports: Ports, job: Job) -> Again | None:
    """Write unless it is written, then deliver; one last message whatever happens."""
    ask_id, _, member_id = job.ref.partition("|")
    group = await ports.groups.get(job.group_id)
    ask = await ports.walkthroughs.ask(job.group_id, MemberId(member_id), ask_id)
    if group is None or ask is None or ask.done:
        return None
    made: Walkthrough | Card | Again | None = await kept(ports, group, ask)
    if made is None:
        made = await _written(ports, group, ask, await _status_message(ports, group, ask))
    if isinstance(made, Again):
        return made
    ask = await ports.walkthroughs.ask(group.id, ask.member_id, ask.id)
    if ask is None:
        return None  # forgotten meanwhile
    if isinstance(made, Card):
        await deliver_notice(ports, group, ask, made)
    else:
        await deliver_walkthrough(ports, group, ask, made)
    await ports.walkthroughs.change(group.id, ask, done=True)
    await _clear_status(ports, group, ask)
    return None


async def kept(ports: Ports, group: Group, ask: Ask) -> Walkthrough | None:
    """What was written about this question within a month; for an ask for a fresh one, since then."""
    made = await ports.walkthroughs.get(group.id, ask.key)
    return None if made is None or (ask.fresh and made.made_at < ask.asked_at) else made


async def _written(ports: Ports, group: Group, ask: Ask, status: MessageRef | None) -> Walkthrough | Card | Again:
    """The walkthrough, the card that stands in for it, or when to try again."""
    if ports.researcher is None or ask.starts >= MOST_LOST_STARTS:
        why = words.NO_MODEL if ports.researcher is None else words.STOPPED
        return await study_pack(ports, group, ask.member_id, ask.question, why)
    facts = await ports.library.nearest_facts(ask.question, NEAREST_FACTS)
    key = ports.member_key(group.id, ask.member_id)
    today = ports.clock.now().date()
    request = ResearchRequest(question=ask.question, today=today, facts=facts, member_key=key)
    try:
        written = await _paid(ports, group, ask, ports.researcher, request, status)
    except ReviewerDeclined as declined:
        log.warning("walkthrough for group %s: %s", group.id, declined)
        return await study_pack(ports, group, ask.member_id, ask.question, words.DECLINED)
    except (ReviewerBusy, ReviewerDown) as trouble:
        log.warning("walkthrough for group %s: %s", group.id, trouble)
        return await _later(ports, group, ask, trouble, status)
    if written is None:
        return await study_pack(ports, group, ask.member_id, ask.question, words.OVER_BUDGET)
    return await _keep(ports, group, ask, written)


async def _paid(
    ports: Ports, group: Group, ask: Ask, researcher: Researcher, request: ResearchRequest, status: MessageRef | None
) -> Written | None:
    """What the researcher writes within the budget; None when that does not allow it. Raises what it raises."""
    expected_usd, today = researcher.estimate_usd(request), ports.clock.now().date()
    if not await ports.purse.take(today, ask.member_id, expected_usd, of_day=OF_DAY):
        return None
    await ports.walkthroughs.change(group.id, ask, paid=True, starts=ask.starts + 1)
    spent_usd = 0.0
    try:
        async with shown(ports, status, ask.member_id, ask.question) as told:
            written = await researcher.write(request, told)
        spent_usd = written.made.cost_usd
    except ReviewerTrouble as trouble:
        spent_usd = trouble.spent_usd
        raise
    finally:
        ports.meter.spent(spent_usd)
        await ports.purse.adjust(today, ask.member_id, spent_usd - expected_usd)
        await ports.walkthroughs.change(group.id, ask, starts=ask.starts)  # the end of this start was heard
    return written


async def _keep(ports: Ports, group: Group, ask: Ask, written: Written) -> Walkthrough | Card:
    """Keep it for whoever asks the same; what was no question does not count towards the member's limit."""
    if written.text.no_question:
        await ports.walkthroughs.change(group.id, ask, paid=False)
        return notices.notice(words.NO_QUESTION, "no-question")
    made = Walkthrough(
        key=ask.key,
        question=ask.question,
        grounding=written.grounding,
        text=written.text,
        faults=written.faults,
        made=written.made,
        made_at=ports.clock.now(),
    )
    if await ports.walkthroughs.ask(group.id, ask.member_id, ask.id) is not None:  # else forgotten meanwhile
        await ports.walkthroughs.put(group.id, made)
    return made


async def _later(
    ports: Ports, group: Group, ask: Ask, trouble: ReviewerTrouble, status: MessageRef | None
) -> Card | Again:
    """Try again while there is patience, and say so; else the study pack."""
    wait = timedelta(seconds=trouble.retry_after_s) if isinstance(trouble, ReviewerBusy) else RETRY_AFTER
    again_at = ports.clock.now() + wait
    if again_at > ask.asked_at + PATIENCE:
        return await study_pack(ports, group, ask.member_id, ask.question, words.MODEL_DOWN)
    if status is not None:
        try:
            await ports.chat.edit(status, words.waiting(ask.question, again_at, group))
        except Trouble as not_shown:
            log.debug("a wait is not shown: %s", not_shown)
    return Again(again_at)


async def _status_message(ports: Ports, group: Group, ask: Ask) -> MessageRef | None:
    """The message that shows how far it is; None for a member who takes no direct messages."""
    card = words.progress(ask.question, (), ())
    try:
        message, _ = await deliver(ports, group.id, key_of(ask, "status"), direct(group, ask), card)
    except ChatRefused:
        return None
    return message


async def _clear_status(ports: Ports, group: Group, ask: Ask) -> None:
    try:
        await take_back(ports, group.id, key_of(ask, "status"))
    except Trouble as trouble:  # everything else stands: one line too much is better than a job without end
        log.warning("the status line of a walkthrough still stands: %s", trouble)
