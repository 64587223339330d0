"""A question to be researched, for the tests of the researcher."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from functools import cache
from typing import Any

import prompts
from bot.domain.question import Fact
from bot.infra.claude.endpoint import Timeouts
from bot.infra.claude.research_request import ResearchPrompt
from bot.infra.claude.researcher import ClaudeResearcher
from bot.infra.library import packaged_library
from bot.ports import ResearchRequest, Step

MODEL, OTHER = "claude-sonnet-5-5", "claude-haiku-5-5"
KEY = "sk-test-0123456789"
QUESTION = "How would you build a voice assistant that books repair visits for a housing office?"
# the first call of a process also waits for the import of the SDK, seconds on a busy machine
QUICK = Timeouts(connect_s=2, first_s=0.6, silence_s=0.6, call_s=4, ladder_s=30)
TODAY = date(2026, 11, 23)
library = cache(packaged_library)


def facts(count: int = 9) -> Sequence[Fact]:
    """Made-up facts, each with a page of its own."""
    return tuple(
        Fact(f"fact-{n}", f"Step {n} takes {n}0 ms.", "rag", f"Paper {n}", f"https://paper{n}.example/a")
        for n in range(1, count + 1)
    )


def request(**changes: Any) -> ResearchRequest:
    """One question with nine facts."""
    given: dict[str, Any] = {"question": QUESTION, "today": TODAY, "facts": facts(), "member_key": "k-5f2c"}
    return ResearchRequest(**{**given, **changes})


def prompt() -> ResearchPrompt:
    """The packaged prompt."""
    text = prompts.prompt("walkthrough")
    return ResearchPrompt(
        name=text.name, version=text.version, hash=text.hash, instructions=text.body, framework=library().framework
    )


@asynccontextmanager
async def researching(url: str, **changes: Any) -> AsyncIterator[ClaudeResearcher]:
    """A researcher on the server at `url`, closed at the end."""
    given: dict[str, Any] = {
        "api_key": KEY,
        "models": (MODEL, OTHER),
        "prompt": prompt(),
        "timeouts": QUICK,
    }
    researcher = ClaudeResearcher(base_url=url, **{**given, **changes})
    try:
        yield researcher
    finally:
        await researcher.aclose()


class Steps(list[Step]):
    """Hears every step."""

    def __call__(self, step: Step) -> None:
        """Hear one."""
        self.append(step)
