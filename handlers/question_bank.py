"""`tpm-bot questions check` and `list`: the packaged bank, with the operator's own files."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from bot.errors import Refusal
from bot.infra.clock import host_now
from bot.infra.library import check_packaged, packaged_coverage, packaged_library
from bot.infra.library.coverage import printed
from bot.settings import Settings


def check(settings: Settings, *, as_json: bool) -> bool:
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


def show(settings: Settings, topic: str | None, *, as_json: bool) -> None:
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
