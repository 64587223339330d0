"""`tpm-bot eval`: the reviewer's test bench from the command line. The bench itself is the package `evals`."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import evals
from bot.errors import Refusal
from bot.infra.clock import host_now
from bot.infra.library import FileLibrary, packaged_library
from bot.settings import Settings
from evals import bench, report
from evals.batches import batches_at
from evals.cases import NAMES, Plan, plan
from evals.golden import Golden, read_golden
from evals.labels import Labeller, read_labels, read_twins
from evals.offline import prove
from evals.replies import Shelf
from evals.reviewing import Setting
from evals.running import Turn, turns
from handlers import app

if TYPE_CHECKING:
    from rich.progress import Progress

OFFLINE, REPLAY, LIVE = "offline", "replay", "live"
MODES = (OFFLINE, REPLAY, LIVE)
FOLDER = Path(evals.__file__).parent
OFFLINE_CASES = 60
"""Of a family; the proof needs no more, and stays below 20 s."""
ALL = 10_000
HALF = 0.5
HASH_CHARS = 16
"""As `prompts.lock` shows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed.

    Attributes:
        golden: folder of the answers; `labels`, `twins` and `replies` are folders too.
        only: families of cases; empty for all.
        limit, each: most golden answers, and most cases of a family.
        batch: None uses batches on the Claude API itself.
    """

    mode: str
    golden: Path = FOLDER / "golden" / "open"
    only: tuple[str, ...] = ()
    limit: int | None = None
    each: int | None = None
    runs: int = 1
    reviewers: tuple[str, ...] = ()
    at_once: int = 4
    labels: Path = FOLDER / "labels"
    twins: Path = FOLDER / "twins"
    replies: Path = FOLDER / "replay"
    json_file: Path | None = None
    report_file: Path | None = None
    note: str = ""
    batch: bool | None = None
    yes: bool = False


def options(**given: Any) -> Options:
    """What was typed, by the fields of Options; what is None takes its default. Raises ValueError for unknown names."""
    known = {"only": NAMES, "reviewers": bench.REVIEWERS}
    for field, names in known.items():
        for name in given.get(field, ()):
            if name not in names:
                raise ValueError(f"There is no {name}. There are: {', '.join(names)}.")
    return Options(**{name: value for name, value in given.items() if value is not None})


async def evaluate(settings: Settings, options: Options) -> bool:
    """Run the bench and print its figures; whether ours meets every target that was measured.

    Raises Refusal, FileFaulty (faults of the golden files), GivenUp.
    """
    library = packaged_library()
    golden = read_golden(options.golden, library)
    labellers = read_labels(options.labels, golden)
    each = options.each or {OFFLINE: OFFLINE_CASES, REPLAY: ALL}.get(options.mode)
    chosen = plan(golden, read_twins(options.twins, golden), limit=options.limit, each=each, **_only(options.only))
    if lost := await bench.unsupplied(chosen.golden, library):
        told = ", ".join(lost)
        click.echo(f"{len(lost)} planted errors rest on facts that the reviewer is not given: {told}", err=True)
    if options.mode == OFFLINE:
        return await _offline(golden, chosen)
    async with _setting(settings, options, library) as setting:
        graders = [bench.grader(name, setting) for name in options.reviewers or (bench.REVIEWERS[0],)]
        if options.mode == REPLAY:
            _fresh(setting.shelf)
            todo = [await bench.stored_turns(each_grader, chosen) for each_grader in graders]
            if not all(todo):
                raise Refusal(f"No replies to these cases are stored under {setting.shelf.folder}.")
        else:
            await _agreed(settings, options, graders, chosen, setting)
            todo = [turns(chosen, options.runs)] * len(graders)
        found = await _read(graders, todo, labellers, options)
    return _told(settings, options, library, found)


def _only(families: Sequence[str]) -> dict[str, tuple[str, ...]]:
    return {"only": tuple(families)} if families else {}


async def _offline(golden: Sequence[Golden], chosen: Plan) -> bool:
    proofs = await prove(golden, chosen)
    for proof in proofs:
        click.echo(str(proof))
    click.echo(f"{len(chosen.golden)} golden answers, {len(chosen.cases)} cases", err=True)
    return all(proof.holds for proof in proofs)


@asynccontextmanager
async def _setting(settings: Settings, options: Options, library: FileLibrary) -> AsyncIterator[Setting]:
    prompt = app.review_prompt(library)
    shelf = Shelf(options.replies / prompt.hash, asks=options.mode == LIVE)
    if options.mode == LIVE and not settings.has_model:
        raise Refusal("No model is set up; set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a server of your own.")
    alone = settings.model_copy(update={"model_fallback": settings.model_review})  # a figure is of one model
    reviewer = app.claude(alone, library, shelf.around)
    if reviewer is None:
        raise TypeError("a reviewer with a shelf needs no model")
    try:
        yield Setting(
            shelf=shelf, reviewer=reviewer, library=library, prompt=prompt, model=settings.model_review, now=host_now()
        )
    finally:
        await reviewer.aclose()


def _fresh(shelf: Shelf) -> None:
    """Raises Refusal when there are replies, but none to this prompt."""
    if shelf.folder.is_dir():
        return
    others = sorted(path.name for path in shelf.folder.parent.glob("*") if path.is_dir())
    told = f"stale: the stored replies are to {', '.join(others)}" if others else "no replies are stored"
    raise Refusal(f"The prompt's hash is {shelf.folder.name}; {told}. Ask again with --mode live.")


async def _agreed(
    settings: Settings, options: Options, graders: Sequence[bench.StoringGrader], chosen: Plan, setting: Setting
) -> None:
    """Say what is to be done and what it is expected to cost, and ask; then fill the shelf by a batch where we can."""
    work = await bench.work_of(graders, chosen, options.runs)
    batch = settings.anthropic_base_url is None if options.batch is None else options.batch
    usd = work.expected_usd * (HALF if batch else 1)
    click.echo(
        f"{len(work.todo)} readings to make, {work.stored} stored; expected cost ${usd:.2f}"
        f"{' by batches' if batch else ''} on {settings.model_review}.",
        err=True,
    )
    if not work.todo:
        return
    if not options.yes:
        if not sys.stdin.isatty():
            raise Refusal("Nobody is here to agree to the cost; add --yes.")
        click.confirm("Go on?", abort=True, err=True)
    if batch:
        await _batched(settings, work, setting)


async def _batched(settings: Settings, work: bench.Work, setting: Setting) -> None:
    key = settings.anthropic_api_key.get_secret_value() if settings.anthropic_api_key else None
    wanted = await bench.wanted_of(work)
    with _progress() as bar:
        told = partial(bar.advance, bar.add_task("batch", total=len(wanted)))
        state = setting.shelf.folder / "batch.json"
        async with batches_at(settings.anthropic_base_url, key, state, told) as batches:
            note = await batches.fill(wanted)
    if note:
        click.echo(note, err=True)


async def _read(
    graders: Sequence[bench.StoringGrader],
    todo: Sequence[Sequence[Turn]],
    labellers: Sequence[Labeller],
    options: Options,
) -> list[bench.Scored]:
    found = []
    with _progress() as bar:
        for grader, wanted in zip(graders, todo, strict=True):
            step = partial(bar.advance, bar.add_task(grader.name, total=len(wanted)))
            found.append(await bench.scored(grader, wanted, labellers, at_once=options.at_once, progress=step))
    return found


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _told(settings: Settings, options: Options, library: FileLibrary, found: Sequence[bench.Scored]) -> bool:
    """Print the figures, write the files; whether every target of ours is met."""
    header = _header(settings, options, library)
    for scored in found:
        click.echo("\n".join((f"{scored.reviewer}: {report.told(scored)}", *report.table(scored.metrics))))
    if options.report_file is not None:
        options.report_file.write_text(report.markdown(header, found, library.framework), encoding="utf-8")
    if options.json_file is not None:
        data = report.data(header, found, library.framework)
        options.json_file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    missed = report.missed(found)
    cases = sum(len(scored.failures) for scored in found)
    click.echo(f"{cases} cases broke a rule; targets missed: {', '.join(missed) or 'none'}", err=True)
    return not missed


def _header(settings: Settings, options: Options, library: FileLibrary) -> report.Header:
    from bot.infra.claude.pricing import warn_if_old

    prompt = app.review_prompt(library)
    now = host_now()
    served = "the Claude API" if settings.anthropic_base_url is None else "a server of one's own (ANTHROPIC_BASE_URL)"
    return report.Header(
        at=now.isoformat(timespec="seconds"),
        mode=options.mode,
        golden=options.golden.as_posix(),
        model=settings.model_review,
        served_by=f"asked of {served}" if options.mode == LIVE else "as stored",
        sdk=f"anthropic {metadata.version('anthropic')}",
        prompt=prompt.name,
        prompt_version=prompt.version,
        prompt_hash=prompt.hash,
        framework_hash=hashlib.sha256(library.framework.text.strip().encode()).hexdigest()[:HASH_CHARS],
        note=options.note,
        warning=warn_if_old(now.date()) or "",
    )
