"""`tpm-bot questions import` and `export`: questions of a group to and from files."""

from __future__ import annotations

import asyncio
import difflib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, replace
from pathlib import Path

import click

from bot.domain.group import Group
from bot.domain.own_question import own_faults
from bot.domain.question import Question
from bot.errors import Refusal
from bot.infra.bank import GroupBank
from bot.infra.clock import host_now
from bot.infra.library import FileFault, FileLibrary, packaged_library
from bot.infra.library.doubles import resembled
from bot.infra.library.exchange import Brought, read_brought
from bot.infra.redis.store import Store, open_store
from bot.settings import Settings
from bot.views.facilitating.question_files import WRITERS
from handlers import app

WAIT_S = 5.0
WRITE_S = 60.0
"""Somebody is watching, and 10,000 questions with all their notes are 50 MB in one script."""


async def bring(settings: Settings, paths: Sequence[Path], *, group: str | None, dry_run: bool, as_json: bool) -> bool:
    """Import questions into a group's bank: all of them, or none when one is faulty; whether none was.

    Prints every fault with file and line, and as a warning each question that changes something and is nearly the same
    as another. Raises Refusal when the group is not clear or a file cannot be read.
    """
    library = packaged_library(settings.questions_dir)
    brought, faults = _read(paths, library)
    async with app.redis_url(settings) as url, _store(url) as store:
        into = await group_of(store, group)
        standing = (await store.shelves.get(into.id)).own
        bank = await GroupBank(library, store.shelves).of(into.id)
        faults = sorted([*faults, *_faults(brought, library)])
        fresh = {each.question.id: each.question for each in brought if not _is_packaged(each.question, library)}
        changed = {name: made for name, made in fresh.items() if standing.get(name) != made}
        if not faults and not dry_run:
            await store.shelves.put(into.id, list(changed.values()))
    warnings = _warnings(brought, changed, bank)
    counts = {
        "added": len(changed.keys() - standing.keys()),
        "changed": len(changed.keys() & standing.keys()),
        "unchanged": len(brought) - len(changed),
    }
    _print(faults, warnings, counts, into, dry_run=dry_run, as_json=as_json)
    return not faults


async def send(settings: Settings, *, group: str | None, form: str, output: Path | None) -> None:
    """Print the questions of a group's own, or without `group` the packaged ones, or write them to a file."""
    if group is None:
        questions: Mapping[str, Question] = packaged_library(settings.questions_dir).questions
    else:
        async with app.redis_url(settings) as url, _store(url) as store:
            questions = (await store.shelves.get((await group_of(store, group)).id)).own
    text = WRITERS[form](list(questions.values()))
    await hand_out(text, output)
    click.echo(f"{len(questions)} questions written", err=True)


async def hand_out(text: str, output: Path | None) -> None:
    """Print `text`, or write it to a file. Raises Refusal when that cannot be written."""
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        await asyncio.to_thread(output.write_text, text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refusal(f"{output} cannot be written: {error.strerror}. Nothing was changed.") from None


def _store(url: str) -> AbstractAsyncContextManager[Store]:
    return open_store(url, daily_usd=0, member_daily_usd=0, timeout_s=WRITE_S, wait_s=WAIT_S)


def _read(paths: Sequence[Path], library: FileLibrary) -> tuple[list[Brought], list[FileFault]]:
    keys = [section.key for section in library.framework.sections]
    brought: list[Brought] = []
    faults: list[FileFault] = []
    for path in paths:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise Refusal(f"{path} cannot be read: {error.strerror}. Nothing was changed.") from None
        found, wrong = read_brought(str(path), raw, keys)
        brought += found
        faults += wrong
    return brought, faults


def _faults(brought: Sequence[Brought], library: FileLibrary) -> Iterator[FileFault]:
    """Every rule that a question breaks by itself, and ids that are taken."""
    today = host_now().date()
    times = Counter(each.question.id for each in brought)
    for each in brought:
        if _is_packaged(each.question, library):
            continue
        if each.question.id in library.questions:
            yield each.fault("id", "is the id of a packaged question, which cannot be changed")
        if times[each.question.id] > 1:
            yield each.fault("id", f"is there {times[each.question.id]} times: {each.question.id}")
        for fault in own_faults(each.question, library.facts, library.topics, today):
            yield each.fault(fault.field, fault.rule)


def _warnings(
    brought: Sequence[Brought], changed: Mapping[str, Question], bank: Mapping[str, Question]
) -> list[FileFault]:
    """What of `changed` is nearly the same as one of `bank` or one before it."""
    rows = {id(each.question): each for each in brought}
    others = [each for name, each in bank.items() if name not in changed]
    return [rows[id(each.later)].fault(each.field, each.rule) for each in resembled(list(changed.values()), others)]


def _is_packaged(question: Question, library: FileLibrary) -> bool:
    return library.questions.get(question.id) == question


async def group_of(store: Store, wanted: str | None) -> Group:
    """The group of that id or name, or the only one. Raises Refusal."""
    groups = [group async for group_id in store.groups.all_ids() if (group := await store.groups.get(group_id))]
    fitting = [group for group in groups if wanted in (None, group.id, group.name)]
    if len(fitting) == 1:
        return fitting[0]
    shown = ", ".join(f"{group.id} ({group.name})" for group in groups) or "none yet"
    near = difflib.get_close_matches(
        wanted or "", [*(each.name for each in groups), *(each.id for each in groups)], n=1
    )
    hint = f" Did you mean {near[0]}?" if near and not fitting else ""
    what = f"There is no group {wanted}." if wanted and not fitting else "Say which group with --group."
    raise Refusal(f"{what}{hint} Groups: {shown}. Nothing was changed.")


def _print(
    faults: Sequence[FileFault],
    warnings: Sequence[FileFault],
    counts: Mapping[str, int],
    group: Group,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    done = not faults and not dry_run
    if as_json:
        rows = {"faults": [asdict(fault) for fault in faults], "warnings": [asdict(each) for each in warnings]}
        data = {"group": group.id, "done": done, **rows, **({} if faults else counts)}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    for fault in faults:
        click.echo(str(fault))
    for each in warnings:
        click.echo(str(replace(each, rule=f"warning: {each.rule}")))
    near = f"; {len(warnings)} nearly the same as another" if warnings else ""
    if faults:
        click.echo(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'}{near}; nothing was changed", err=True)
        return
    told = ", ".join(f"{number} {what}" for what, number in counts.items())
    click.echo(f"{group.name}: {told}{near}{'; a dry run, nothing was changed' if dry_run else ''}", err=True)
