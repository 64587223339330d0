"""What the command line says of itself."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from handlers.cli import program


def verbs(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from verbs(each, (*path, name))


def help_of(path: tuple[str, ...]) -> str:
    shown = CliRunner().invoke(program, [*path, "--help"], terminal_width=80, prog_name="tpm-bot")
    assert shown.exit_code == 0
    return shown.output


@pytest.mark.parametrize("path", list(verbs(program)), ids=" ".join)
def test_help_is_whole_at_80_columns(path: tuple[str, ...]) -> None:
    """No line of any --help is cut off or wider than 80 columns."""
    lines = help_of(path).splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if line.endswith("...") and "[ARGS]" not in line]


@pytest.mark.parametrize("path", list(verbs(program)), ids=" ".join)
def test_every_option_is_explained(path: tuple[str, ...]) -> None:
    """Every option of every verb has a sentence of its own in --help."""
    command: click.Command = program
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    unexplained = [each.name for each in command.params if isinstance(each, click.Option) and not each.help]
    assert not unexplained
