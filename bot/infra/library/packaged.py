"""The framework and the facts that ship with the bot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import prompts
from bot.domain.framework import Framework
from bot.domain.question import Fact
from bot.infra.library.framework import read_framework


def packaged_parts() -> tuple[Framework, Mapping[str, Fact], Mapping[str, str]]:
    """The framework, the facts by id, and the topics (key -> name). Raises FileFaulty."""
    data = prompts.facts()
    return (
        read_framework(prompts.framework_source()),
        {item["id"]: _fact(item) for item in data["facts"]},
        {topic: data["topic_names"][topic] for topic in data["topics"]},
    )


def _fact(item: Mapping[str, Any]) -> Fact:
    source = item["source"]
    title = f"{source['title']} ({source['org']}, {source['year']})"
    return Fact(item["id"], item["fact"], item["topic"], title, source["url"])
