"""Say in a sealed post how many have answered, and never who or what (DESIGN 6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.domain.group import GroupId
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.work import Again
from bot.views import question_card

EVERY_S = 30
"""A post is edited at most this often; what happens in between is said together."""
_START = datetime(1970, 1, 1, tzinfo=UTC)


async def owe_tally(ports: Ports, group_id: GroupId, day: date) -> None:
    """Owe one edit of the post at the next full half minute, however many answers come until then."""
    await ports.jobs.add(owed.tally(group_id, day), next_edit_at(ports.clock.now()))


def next_edit_at(now: datetime) -> datetime:
    """The first full half minute after `now` (aware)."""
    beats = (now - _START) // timedelta(seconds=EVERY_S)
    return _START + timedelta(seconds=EVERY_S) * (beats + 1)


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one post."""
    group = await ports.groups.get(job.group_id)
    post = await ports.posts.get(job.group_id, date.fromisoformat(job.ref))
    if group is None or post is None or post.message is None or not post.sealed:
        return None
    question = await ports.bank.question(group.id, post.question_id)
    if question is not None:
        answers = await ports.answers.of_day(group.id, post.day)
        in_time = sum(not answer.late for answer in answers.values())
        card = question_card.daily(question, post, group, ports.library.framework, late=post.is_late, answered=in_time)
        await ports.chat.edit(post.message, card)
    return None
