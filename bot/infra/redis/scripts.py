"""The Lua scripts: each a write that must not be torn.

They are sent as EVAL with their text. It costs what EVALSHA costs (reference/reliability.md 3b: within noise) and needs
no second try after a restart or a failover, when a server has forgotten its scripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

Argument = str | bytes | int
Command = tuple[Argument, ...]


@cache
def text(name: str) -> str:
    """What runs of `lua/<name>.lua`: it is sent each time, so comments and indentation stay here."""
    lines = files(__package__).joinpath("lua", f"{name}.lua").read_text("utf-8").splitlines()
    return "\n".join(line.strip() for line in lines if not line.startswith("--"))


def command(name: str, keys: Sequence[str], *arguments: Argument) -> Command:
    """The command that runs script `name`; its first line says which keys and arguments it takes."""
    return ("EVAL", text(name), len(keys), *keys, *arguments)
