"""`tpm-bot doctor`: whether everything that the bot needs works, each line with its fix."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import click

from bot.domain.group import Group, GroupId
from bot.domain.post import PostState
from bot.errors import Refusal, StoreDown
from bot.infra import doctor as checking
from bot.infra.clock import RedisClock, host_now
from bot.infra.library import FileLibrary, packaged_library
from bot.infra.redis.store import Store, open_store
from bot.ports import Check
from bot.settings import Settings
from bot.usecases import owed
from bot.usecases.posting.plan_posts import next_post
from bot.views.when import day_text
from handlers import app
from handlers import given_up as given_up_work

WAIT_S = 5.0
"""Somebody is watching: a Redis that does not answer is reported after this."""


async def examine(settings: Settings, *, as_json: bool, given_up: str | None = None) -> bool:
    """Print every check; whether all are well. `given_up`: first `retry` or `drop` what was given up."""
    library = packaged_library(settings.questions_dir)
    try:
        async with (
            app.redis_url(settings) as url,
            open_store(url, daily_usd=0, member_daily_usd=0, wait_s=WAIT_S) as store,
            app.open_reviewer(settings, library) as reviewer,
        ):
            clock = await RedisClock.start(store.client)
            if given_up is not None:
                number = await given_up_work.settle(store, clock, retry=given_up == "retry")
                click.echo(f"{number} jobs {'owed again' if given_up == 'retry' else 'let go'}", err=True)
            found = [
                *await checking.checks(settings, store, library, reviewer, clock),
                *await _discord(settings, store),
                *await _due(store, clock),
                *await given_up_work.checks(store),
            ]
    except (StoreDown, Refusal) as down:
        fix = "start Redis, or correct TPM_REDIS_URL" if settings.redis_url else "see the folder in TPM_DATA_DIR"
        found = [
            checking.settings_check(settings),
            checking.questions_check(library),
            Check(name="Redis", ok=False, detail=str(down), fix=fix),
            await _model(settings, library),
        ]
    _print_checks(found, as_json=as_json)
    return all(check.ok for check in found)


async def _model(settings: Settings, library: FileLibrary) -> Check:
    async with app.open_reviewer(settings, library) as reviewer:
        return await checking.model_check(reviewer, settings.model_review, host_now().date())


async def _discord(settings: Settings, store: Store) -> Sequence[Check]:
    """Discord and the channels of its groups, where its token is set."""
    if settings.discord_token is None:
        return ()
    from bot.commands import COMMANDS
    from handlers.discord.check import checks
    from handlers.discord.custom_id import PLATFORM
    from handlers.discord.endpoint import Endpoint

    return await checks(
        settings.discord_token.get_secret_value(),
        Endpoint.of(settings.discord_api_base_url, settings.discord_gateway_url),
        COMMANDS,
        [group for group in await _groups(store) if group.place.platform == PLATFORM],
        message_content=settings.discord_message_content,
    )


async def _due(store: Store, clock: RedisClock) -> Sequence[Check]:
    """One line a group: when its next question comes."""
    return [await _next_question(store, group, clock) for group in await _groups(store)] or [
        Check(name="Groups", ok=True, detail="none yet")
    ]


async def _next_question(store: Store, group: Group, clock: RedisClock) -> Check:
    upcoming = next_post(group, clock.now())
    owed_at = await store.jobs.owed(owed.post(group.id, upcoming[0])) if upcoming else None
    shown = upcoming
    while shown is not None and await _has_post(store, group.id, shown[0]):
        shown = next_post(group, shown[1])
    at = f"{group.schedule.at:%H:%M}, {group.schedule.zone}"
    ok = upcoming is None or owed_at is not None
    return Check(
        name=f"Group {group.name}",
        ok=ok,
        detail=f"next question {day_text(shown[0])} at {at}" if shown else "paused",
        fix="" if ok else "start the bot: it plans what is missing",
    )


async def _has_post(store: Store, group_id: GroupId, day: date) -> bool:
    post = await store.posts.get(group_id, day)
    return post is not None and post.state is PostState.SENT


async def _groups(store: Store) -> Sequence[Group]:
    return [group async for each in store.groups.all_ids() if (group := await store.groups.get(each)) is not None]


def _print_checks(found: Sequence[Check], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(check) for check in found], ensure_ascii=False, indent=2))
        return
    for check in found:
        click.echo(f"{'ok ' if check.ok else 'NO '} {check.name}: {check.detail}")
        if check.fix:
            click.echo(f"     fix: {check.fix}")
