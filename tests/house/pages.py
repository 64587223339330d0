"""The pages that are printed from code. `make pages` writes them; a test compares."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.commands import COMMANDS, Audience, CommandSpec
from bot.infra.redis.keys import printed as redis_page
from prompts.lock import lock_text
from tests.house.rules import ROOT

WHO = {Audience.MEMBER: "member", Audience.FACILITATOR: "facilitator", Audience.ADMIN: "admin"}


def commands_page() -> str:
    """`docs/commands.md`: every command, its verbs and arguments, and who may use it."""
    parts = [
        "# Commands",
        "Printed from the table in `bot/commands/table.py`; a test compares the two. Every platform has the same.",
    ]
    for spec in COMMANDS:
        parts.append("\n".join([f"## `/{spec.usage}`", "", _about(spec)]))
        parts += [f"### `/{spec.name} {verb.usage}`\n\n{_about(verb)}" for verb in spec.verbs]
    return "\n\n".join(parts) + "\n"


def _about(spec: CommandSpec) -> str:
    lines = [f"{spec.summary[:1].upper()}{spec.summary[1:]}. For: {WHO[spec.audience]}."]
    for argument in spec.arguments:
        choices = f" (one of: {', '.join(argument.choices)})" if argument.choices else ""
        lines.append(f"- `{argument.name}`: {argument.help}{choices}")
    return "\n".join([lines[0], *([""] if len(lines) > 1 else []), *lines[1:]])


def lock_page() -> str:
    """`prompts/prompts.lock`. Raises ValueError while a changed prompt keeps its version."""
    path = ROOT / "prompts" / "prompts.lock"
    return lock_text(path.read_text(encoding="utf-8"))


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/commands.md": commands_page,
    "docs/redis.md": redis_page,
    "prompts/prompts.lock": lock_page,
}


def main() -> None:
    """Write every page."""
    for path, printed in PAGES.items():
        (ROOT / path).write_text(printed(), encoding="utf-8")


if __name__ == "__main__":
    main()
