"""What an operator does from the command line, beside running the bot."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import click

from bot.domain.answer import Answer, Part, clean
from bot.domain.group import GroupId, MemberId
from bot.domain.judge import with_framework_points
from bot.domain.post import PostState
from bot.domain.question import Question
from bot.domain.review import Review, SelfCheck
from bot.errors import Refusal, StoreDown, Trouble
from bot.infra import doctor as checking
from bot.infra.clock import RedisClock, host_now
from bot.infra.library import FileLibrary, check_packaged, packaged_coverage, packaged_library
from bot.infra.library.coverage import printed
from bot.infra.offline import OfflineSelfCheck
from bot.infra.redis.store import Store, open_store
from bot.ports import Check
from bot.settings import Settings
from bot.usecases import owed
from bot.usecases.feedback.judge_answer import judge_answer, request_of
from bot.usecases.posting.plan_posts import next_post
from bot.views import feedback, notices
from bot.views.when import day_text
from handlers import app
from handlers import given_up as given_up_work

WAIT_S = 5.0
"""Somebody is watching: a Redis that does not answer is reported after this."""


async def doctor(settings: Settings, *, as_json: bool, given_up: str | None = None) -> bool:
    """Print every check; whether all are well. `given_up`: first `retry` or `drop` what was given up."""
    library = packaged_library(settings.questions_dir)
    try:
        async with (
            app.redis_url(settings) as url,
            open_store(url, daily_usd=0, member_daily_usd=0, wait_s=WAIT_S) as store,
        ):
            clock = await RedisClock.start(store.client)
            if given_up is not None:
                number = await given_up_work.settle(store, clock, retry=given_up == "retry")
                click.echo(f"{number} jobs {'owed again' if given_up == 'retry' else 'let go'}", err=True)
            found = [
                *await _checked(settings, store, library, clock),
                *await _discord(settings, store),
                *await _due(store, clock),
            ]
    except (StoreDown, Refusal) as down:
        fix = "start Redis, or correct TPM_REDIS_URL" if settings.redis_url else "see the folder in TPM_DATA_DIR"
        found = [
            app.settings_check(settings),
            app.questions_check(library),
            Check(name="Redis", ok=False, detail=str(down), fix=fix),
            await _model(settings, library),
        ]
    _print_checks(found, as_json=as_json)
    return all(check.ok for check in found)


async def review(
    settings: Settings, *, question_id: str | None, question_text: str | None, answer: str, as_json: bool
) -> bool:
    """Judge one answer and print it; without a model print the self-check and say why. Whether it was judged."""
    library = packaged_library(settings.questions_dir)
    question = with_framework_points(_question(library, question_id, question_text), library.framework)
    now = host_now()
    part = Part("command-line", clean(answer), now)
    written = Answer(member_id=MemberId("you"), day=now.date(), parts=(part,))
    if not written.text.strip():
        raise Refusal(
            "The answer is empty. Give a file with the text of an answer, or - and the text on standard input."
        )
    judged, why = await _judged(settings, library, question, written)
    self_check = OfflineSelfCheck(library.framework)
    made = judged or self_check(question, written, reason=notices.NOT_JUDGED, retried=False, made_at=now)
    if as_json:
        data = _as_data(made, library)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(_as_text(made, library))
    if why:
        click.echo(f"Not judged: {why}", err=True)
    return judged is not None


async def sync(settings: Settings, *, guild_id: int | None, remove: bool, as_json: bool) -> None:
    """Bring Discord's commands up to date and print what changed. Raises Refusal, ChatBusy."""
    from bot.commands import COMMANDS
    from handlers.discord.endpoint import Endpoint
    from handlers.discord.sync import sync as synced

    if settings.discord_token is None:
        raise Refusal("DISCORD_TOKEN is not set, so there is no app whose commands could be set.")
    endpoint = Endpoint.of(settings.discord_api_base_url, settings.discord_gateway_url)
    token = settings.discord_token.get_secret_value()
    done = await synced(token, endpoint, COMMANDS, guild_id=guild_id, remove=remove)
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False, indent=2))
        return
    for what, names in (("added", done.added), ("changed", done.changed), ("removed", done.removed)):
        for name in names:
            click.echo(f"{what} {name}")
    where = "on every server" if guild_id is None else f"on server {guild_id}"
    click.echo(f"{len(done.commands)} commands stand {where}{'' if done.written else '; nothing to change'}", err=True)
    click.echo(f"Add the bot to a server: {done.invitation}", err=True)


def check_questions(settings: Settings, *, as_json: bool) -> bool:
    """Print every fault of the bank with file and line, and what the bank covers; whether there is no fault.

    The operator's own questions, if there are any, are checked with the packaged ones.
    """
    found = check_packaged(host_now().date(), settings.questions_dir)
    covered = packaged_coverage()
    if as_json:
        data = {"faults": [asdict(fault) for fault in found], "coverage": covered.data}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    else:
        for fault in found:
            click.echo(str(fault))
        click.echo(printed(covered))
        click.echo(f"{covered.ready} questions ready, {len(found)} faults", err=True)
    return not found


def list_questions(settings: Settings, topic: str | None, *, as_json: bool) -> None:
    """Print the bank, one line a question."""
    bank = sorted(
        packaged_library(settings.questions_dir).questions.values(),
        key=lambda question: (question.topic, question.level, question.id),
    )
    shown = [question for question in bank if topic in (None, question.topic)]
    if topic is not None and not shown:
        raise Refusal(f"No question has the topic {topic}. Topics: {', '.join(sorted({each.topic for each in bank}))}.")
    if as_json:
        rows = [
            {"id": each.id, "topic": each.topic, "kind": each.kind, "level": each.level, "title": each.title}
            for each in shown
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for each in shown:
        click.echo(f"{each.topic:24} {each.level} {each.kind:9} {each.id:32} {each.title}")


async def _judged(
    settings: Settings, library: FileLibrary, question: Question, answer: Answer
) -> tuple[Review | None, str]:
    """The review, or None and why there is none."""
    reviewer = app.claude(settings, library)
    if reviewer is None:
        return None, "no model is set up; set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a server of your own."
    request = await request_of(library, question, answer, "command-line")
    try:
        return await judge_answer(reviewer, library, request, answer, host_now()), ""
    except Trouble as trouble:
        return None, f"{trouble}"
    finally:
        await reviewer.aclose()


def _question(library: FileLibrary, question_id: str | None, question_text: str | None) -> Question:
    if question_text is not None:
        return Question(
            id="asked", title="Your question", kind="design", topic="", level=2, minutes=20,
            prompt=question_text, emphasis={}, look_for={},
        )  # fmt: skip
    if question_id is None or question_id not in library.questions:
        near = difflib.get_close_matches(question_id or "", library.questions, n=1)
        hint = f" Did you mean {near[0]}?" if near else " tpm-bot questions list shows them."
        raise Refusal(f"The bank has no question {question_id}.{hint}")
    return library.questions[question_id]


def _as_data(made: Review | SelfCheck, library: FileLibrary) -> dict[str, object]:
    if isinstance(made, SelfCheck):
        return feedback.self_check_data(made, library.framework)
    return feedback.review_data(made, library.framework)


def _as_text(made: Review | SelfCheck, library: FileLibrary) -> str:
    if isinstance(made, SelfCheck):
        check = feedback.self_check_in_full(made, library.framework, name="")
        return check.file.content.decode() if check.file else check.plain
    full = feedback.full_card(made, library.framework, alone=True)
    return full.file.content.decode() if full.file else full.plain


async def _checked(settings: Settings, store: Store, library: FileLibrary, clock: RedisClock) -> Sequence[Check]:
    reviewer = app.claude(settings, library)
    try:
        return await app.checks(settings, store, library, reviewer, clock)
    finally:
        if reviewer is not None:
            await reviewer.aclose()


async def _model(settings: Settings, library: FileLibrary) -> Check:
    reviewer = app.claude(settings, library)
    try:
        return await checking.model_check(reviewer, settings.model_review, host_now().date())
    finally:
        if reviewer is not None:
            await reviewer.aclose()


async def _discord(settings: Settings, store: Store) -> Sequence[Check]:
    """Discord and the channels of its groups, where its token is set."""
    if settings.discord_token is None:
        return ()
    from bot.commands import COMMANDS
    from handlers.discord.check import checks
    from handlers.discord.custom_id import PLATFORM
    from handlers.discord.endpoint import Endpoint

    groups = [group async for each in store.groups.all_ids() if (group := await store.groups.get(each)) is not None]
    return await checks(
        settings.discord_token.get_secret_value(),
        Endpoint.of(settings.discord_api_base_url, settings.discord_gateway_url),
        COMMANDS,
        [group for group in groups if group.place.platform == PLATFORM],
        message_content=settings.discord_message_content,
    )


async def _has_post(store: Store, group_id: GroupId, day: date) -> bool:
    post = await store.posts.get(group_id, day)
    return post is not None and post.state is PostState.SENT


async def _due(store: Store, clock: RedisClock) -> list[Check]:
    """One line a group: when its next question comes."""
    found = []
    async for group_id in store.groups.all_ids():
        group = await store.groups.get(group_id)
        if group is None:
            continue
        upcoming = next_post(group, clock.now())
        owed_at = await store.jobs.owed(owed.post(group_id, upcoming[0])) if upcoming else None
        shown = upcoming
        while shown is not None and await _has_post(store, group_id, shown[0]):
            shown = next_post(group, shown[1])
        when = (
            f"next question {day_text(shown[0])} at {group.schedule.at:%H:%M}, {group.schedule.zone}"
            if shown
            else "paused"
        )
        ok = upcoming is None or owed_at is not None
        fix = "" if ok else "start the bot: it plans what is missing"
        found.append(Check(name=f"Group {group.name}", ok=ok, detail=when, fix=fix))
    found += await given_up_work.checks(store)
    return found or [Check(name="Groups", ok=True, detail="none yet")]


def _print_checks(found: Sequence[Check], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(check) for check in found], ensure_ascii=False, indent=2))
        return
    for check in found:
        click.echo(f"{'ok ' if check.ok else 'NO '} {check.name}: {check.detail}")
        if check.fix:
            click.echo(f"     fix: {check.fix}")
