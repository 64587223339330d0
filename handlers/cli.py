"""The command line. Results go to stdout, diagnostics to stderr; 0 success, 1 failure, 2 a usage error."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

import bot
from handlers.ending import run_to_end

if TYPE_CHECKING:
    from bot.settings import Settings
    from handlers.platform import Platform

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)
_MODES = click.Choice(["offline", "replay", "live"])
_FORMATS = click.Choice(["md", "csv", "json"])


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(bot.__version__, prog_name="tpm-bot")
def program() -> None:
    """A study group for technical product manager interviews in AI."""


def main() -> NoReturn:
    """The console script."""
    from bot.errors import Refusal, Trouble

    try:
        program.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except UsageRefusal as refusal:
        _fail(str(refusal), 2)
    except (Refusal, Trouble) as trouble:
        _fail(str(trouble), 1)
    sys.exit(0)


class UsageRefusal(Exception):  # noqa: N818  it says what was typed wrong
    """What was typed cannot be used; exit code 2."""


def _fail(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


@program.command("try")
@click.option("--script", type=_FILE, help="Play this file instead of the keyboard.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line (with --script).")
@click.option("--data", type=_FOLDER, help="Keep the data in this folder.")
@click.option("--start", metavar="TIME", help="When time begins, as 2026-11-23T09:00+01:00; it stands until moved.")
def try_(script: Path | None, as_json: bool, data: Path | None, start: str | None) -> None:
    """The whole bot in this terminal; no accounts needed."""
    from bot.settings import read
    from handlers import tryout

    began = _instant(start) if start else None
    if script is None:
        if as_json:
            raise click.UsageError("--json goes with --script.")
        settings = read(data_dir=data)
        _log(settings.log_level)
        with suppress(KeyboardInterrupt):
            run_to_end(tryout.run_keyboard(settings, start=began))
        return
    _play(script, as_json=as_json, data=data, began=began)


def _play(script: Path, *, as_json: bool, data: Path | None, began: datetime | None) -> None:
    import tempfile

    from bot.settings import read
    from handlers import tryout
    from handlers.terminal.script import ScriptFault

    with tempfile.TemporaryDirectory(prefix="tpm-bot-") as fresh:
        settings = read(data_dir=data or Path(fresh))
        _log(settings.log_level)
        try:
            text = script.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or error
            raise UsageRefusal(f"{script} cannot be read as a script: {why}") from error
        try:
            run_to_end(tryout.run_script(settings, text, start=began, as_json=as_json))
        except ScriptFault as fault:
            raise UsageRefusal(str(fault)) from fault


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--start {text!r} is no instant; write 2026-11-23T09:00+01:00.") from None
    if at.tzinfo is None:
        raise click.UsageError(f"--start {text!r} has no offset; write 2026-11-23T09:00+01:00.")
    return at.astimezone(UTC)


@program.command(short_help="Serve every platform whose tokens are set, until Ctrl-C.")
def run() -> None:
    """Serve every platform whose tokens are set, until SIGTERM or Ctrl-C."""
    from bot.settings import read
    from handlers.serve import NOTHING_TO_RUN, platforms

    settings = read()
    found = platforms(settings)
    if not found:
        raise UsageRefusal(NOTHING_TO_RUN)
    serve(settings, found)


def serve(settings: Settings, platforms: Sequence[Platform]) -> None:
    """Log as the running program does, and serve `platforms` until told to stop."""
    from bot.errors import TpmError
    from handlers import logs
    from handlers.serve import Program

    logs.set_up(settings.log_level or "INFO", settings.secrets, sys.stderr)
    try:
        run_to_end(Program(settings, platforms).run())
    except TpmError:
        raise
    except KeyboardInterrupt:
        sys.exit(130)  # click would put an empty line into the log
    except Exception:
        # not by Python's own way, which would print its text
        logging.getLogger(__name__).exception("the program cannot go on")
        sys.exit(1)


@program.command(short_help="Check settings, Redis, the model, the clock and what is due.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@click.option("--given-up", type=click.Choice(["retry", "drop"]), help="First try again, or let go, jobs given up.")
def doctor(as_json: bool, given_up: str | None) -> None:
    """Check settings, Redis, the model endpoint, the clock and the next due posts."""
    from handlers.doctor import examine

    ok = run_to_end(examine(_settings(), as_json=as_json, given_up=given_up))
    sys.exit(0 if ok else 1)


@program.command(short_help="Judge one answer.")
@click.option("--question", "question_id", metavar="ID", help="A question of the bank.")
@click.option("--question-text", help="Or the text of any question.")
@click.option("--answer", required=True, metavar="FILE", help="The answer, or - for standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print the stored review as JSON.")
def review(question_id: str | None, question_text: str | None, answer: str, as_json: bool) -> None:
    """Judge one answer and print the review; without a model, a card to check it yourself, and 1."""
    from handlers import reviewing

    if (question_id is None) == (question_text is None):
        raise click.UsageError("Give either --question ID or --question-text TEXT.")
    try:
        text = sys.stdin.buffer.read() if answer == "-" else Path(answer).read_bytes()
    except OSError as error:
        raise click.UsageError(f"--answer {answer}: {error.strerror}.") from error
    judged = run_to_end(
        reviewing.review(
            _settings(),
            question_id=question_id,
            question_text=question_text,
            answer=text.decode("utf-8", errors="replace"),
            as_json=as_json,
        )
    )
    sys.exit(0 if judged else 1)


@program.command("eval", short_help="Measure the reviewer on golden answers.")
@click.option("--golden", type=_FOLDER, help="Judge the golden answers in this folder.  [default: evals/golden/open]")
@click.option("--mode", type=_MODES, default="offline", show_default=True, help="What reads, as said above.")
@click.option("--only", multiple=True, metavar="FAMILY", help="Only these families of cases, such as M1; repeatable.")
@click.option("--limit", type=click.IntRange(min=1), help="At most this many golden answers.")
@click.option("--each", type=click.IntRange(min=1), help="At most this many cases of a family.")
@click.option("--runs", type=click.IntRange(1, 10), default=1, show_default=True, help="Times each is read.")
@click.option("--reviewer", "reviewers", multiple=True, help="ours (default), no-notes, no-facts, median3, direct.")
@click.option("--at-once", type=click.IntRange(1, 64), default=4, show_default=True, help="Readings at a time.")
@click.option("--replies", type=_FOLDER, help="Where replies are stored.  [default: evals/replay]")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write the report as JSON.")
@click.option("--report", "report_file", type=_FILE, metavar="FILE", help="Write the report as Markdown.")
@click.option("--note", default="", help="A line for the head of the report, such as: simulated model.")
@click.option("--batch/--no-batch", default=None, help="Half the price, within a day; the default on the Claude API.")
@click.option("--yes", is_flag=True, help="Agree to the expected cost.")
def eval_(**given: Any) -> None:
    """Measure the reviewer on golden answers and on cases made from them; 1 when a target is missed.

    offline: free; graders that are bad on purpose must each be caught. replay: stored replies are judged again; stale
    ones fail. live: asks the model; tells the expected cost first, and goes on where it was interrupted.
    """
    from handlers import evaluating

    try:
        options = evaluating.options(**given)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    sys.exit(0 if run_to_end(evaluating.evaluate(_settings(), options)) else 1)


_MEMBER = click.option("--member", required=True, metavar="NAME", help="The member's name or id.")
_GROUP = click.option("--group", metavar="ID", help="The group's id or name; not needed when there is only one.")


@program.command("export")
@_MEMBER
@_GROUP
@click.option("--output", type=click.Path(path_type=Path), help="A file to write; standard output without it.")
def export_member(member: str, group: str | None, output: Path | None) -> None:
    """Print everything that is kept of a member, as JSON."""
    from handlers import member_data

    run_to_end(member_data.export(_settings(), member=member, group=group, output=output))


@program.command("forget")
@_MEMBER
@_GROUP
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as JSON.")
def forget_member(member: str, group: str | None, yes: bool, as_json: bool) -> None:
    """Erase a member and all that is kept of them, for ever.

    The running bot does it, since it alone can take back messages; if none runs, the next one does it first.
    """
    from handlers import member_data

    run_to_end(member_data.forget(_settings(), member=member, group=group, agreed=yes, as_json=as_json))


@program.group()
def questions() -> None:
    """The question bank."""


@questions.command("check", short_help="Check every question, and what the bank covers.")
@click.option("--json", "as_json", is_flag=True, help="Print faults and coverage as JSON.")
def check_questions(as_json: bool) -> None:
    """Check every question against the rules, and what the bank covers; 1 when a rule is broken."""
    from handlers import question_bank

    sys.exit(0 if question_bank.check(_settings(), as_json=as_json) else 1)


@questions.command("list")
@click.option("--topic", help="Only this topic.")
@click.option("--json", "as_json", is_flag=True, help="Print the questions as JSON.")
def list_questions(topic: str | None, as_json: bool) -> None:
    """List the bank."""
    from handlers import question_bank

    question_bank.show(_settings(), topic, as_json=as_json)


@questions.command("import", short_help="Put questions from files into a group's bank.")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@_GROUP
@click.option("--dry-run", is_flag=True, help="Name every fault and what would change; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def import_questions(files: tuple[Path, ...], group: str | None, dry_run: bool, as_json: bool) -> None:
    """Put questions from .md, .csv or .json files into a group's bank: all of them, or none if one is faulty."""
    from handlers import question_files

    bringing = question_files.bring(_settings(), files, group=group, dry_run=dry_run, as_json=as_json)
    sys.exit(0 if run_to_end(bringing) else 1)


@questions.command("export")
@click.option("--group", metavar="ID", help="This group's own questions; without it, the packaged ones.")
@click.option("--format", "form", type=_FORMATS, default="md", show_default=True, help="How to write them.")
@click.option("--output", type=click.Path(path_type=Path), help="A file to write; standard output without it.")
def export_questions(group: str | None, form: str, output: Path | None) -> None:
    """Write questions so that import reads them back."""
    from handlers import question_files

    run_to_end(question_files.send(_settings(), group=group, form=form, output=output))


@program.group()
def manifest() -> None:
    """What a platform must be told about the app."""


@manifest.command("slack")
@click.option("--socket", is_flag=True, help="For Socket Mode, which needs no public address (the default).")
@click.option("--http", "url", metavar="URL", help="For HTTP: the public address, such as https://bot.example.org.")
@click.option("--yaml", "as_yaml", is_flag=True, help="Print YAML; JSON otherwise.")
def slack_manifest(socket: bool, url: str | None, as_yaml: bool) -> None:
    """The manifest to create the Slack app from."""
    from bot.commands import COMMANDS
    from bot.settings import read
    from handlers.slack import manifest as slack

    if socket and url is not None:
        raise click.UsageError("Give either --socket or --http URL.")
    settings = read()
    slack.names_set(settings)
    names = settings.slack_command_names
    try:
        made = slack.manifest(COMMANDS, socket=url is None, url=url, names=names)
    except ValueError as error:
        raise click.UsageError(f"--http {url}: {error}.") from error
    click.echo(slack.printed(made, as_yaml=as_yaml))


@program.command(short_help="Tell Discord which commands there are.")
@click.option("--guild", "guild_id", type=click.IntRange(min=1), metavar="ID", help="One server only, by its id.")
@click.option("--remove", is_flag=True, help="Take the bot's commands away from the server (with --guild).")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def sync(guild_id: int | None, remove: bool, as_json: bool) -> None:
    """Tell Discord which commands there are, if that differs from what it knows.

    Once after the app was created, and after each update of the bot. Commands of one server appear at once, and stand
    beside those of every server: take them away again when you have tried them.
    """
    from handlers import syncing

    if remove and guild_id is None:
        raise click.UsageError("--remove goes with --guild ID.")
    run_to_end(syncing.sync(_settings(), guild_id=guild_id, remove=remove, as_json=as_json))


def _settings() -> Settings:
    from bot.settings import read

    settings = read()
    _log(settings.log_level)
    return settings


def _log(level: str | None) -> None:
    logging.basicConfig(level=level or "WARNING", format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
