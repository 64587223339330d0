"""The lock of the prompts: a text that a model is given may not change without a version step.

`python -m prompts.lock` writes `prompts.lock` anew and refuses while a changed text keeps its version.
"""

from __future__ import annotations

from pathlib import Path

import prompts

LOCK = "prompts.lock"


def locked() -> dict[str, tuple[int, str]]:
    """Name -> (version, hash of the body) of the framework and of every prompt."""
    entries = {name: prompts.prompt(name) for name in prompts.PROMPTS}
    framework = prompts.framework_source()
    parts = prompts.split(framework.text)
    head = prompts.load_yaml(parts.head)
    if not isinstance(head, dict) or not isinstance(head.get("version"), int):
        raise TypeError(f"{framework.path}: front matter must hold a whole number as version")
    return {
        "framework": (head["version"], prompts.body_hash(parts.body.strip())),
        **{name: (prompt.version, prompt.hash) for name, prompt in entries.items()},
    }


def lock_text(previous: str, now: dict[str, tuple[int, str]] | None = None) -> str:
    """The lock as text, `name version hash` a line.

    Args:
        previous: the text of the lock that stands; empty for the first time.
        now: what to lock; by default what is packaged.

    Raises:
        ValueError: a body changed and its version did not go up; the message names each.
    """
    entries = locked() if now is None else now
    before = {name: (int(version), body) for name, version, body in (line.split() for line in previous.splitlines())}
    stale = [
        f"{name}: the text changed; raise its version above {before[name][0]}"
        for name, (version, body) in entries.items()
        if name in before and before[name][1] != body and version <= before[name][0]
    ]
    if stale:
        raise ValueError("; ".join(stale))
    return "".join(f"{name} {version} {body}\n" for name, (version, body) in sorted(entries.items()))


def main() -> None:
    """Write the lock beside the prompts."""
    path = Path(__file__).parent / LOCK
    path.write_text(lock_text(path.read_text() if path.exists() else ""), encoding="utf-8")


if __name__ == "__main__":
    main()
