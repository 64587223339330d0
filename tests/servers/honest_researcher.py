"""The test server's brain for walkthroughs: it searches, cites and writes six sections that a person can predict.

Its prose is plain filler with numbers in it: it shows what code does with a walkthrough, and nothing of its worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

Body = dict[str, Any]

SEARCHES = 6
SITES = (
    "anthropic.com", "openai.com", "arxiv.org", "aws.amazon.com", "cloud.google.com", "engineering.fb.com",
    "netflixtechblog.com", "huggingface.co", "nist.gov", "shopify.engineering", "github.blog", "stripe.com",
)  # fmt: skip
TITLES = (
    "In short", "Technical clarifications and constraints", "Users", "High-level System Design",
    "Deep dive and trade-offs", "API design and developer experience", "Metrics",
)  # fmt: skip
DIAGRAM = "```\ncaller -> speech to text -> transcript\ntranscript -> retriever -> five passages\n```"


def is_walkthrough(body: Body) -> bool:
    """Whether the request asks for a walkthrough."""
    return "# Your task: a walkthrough" in "\n".join(block["text"] for block in body.get("system", []))


def honest_walkthrough(body: Body) -> list[Body]:
    """All blocks of one turn: searches first where there is the tool, then the text with citations."""
    if not re.search(r"(?m)^QUESTION-\w+\n[\s\S]*[^\W\d_]{4}[\s\S]*^QUESTION-", _turn(body)):
        return [text("NO QUESTION")]
    if not body.get("tools"):
        return [text("\n\n".join(_plain(number) for number in range(7)))]
    if len(body["messages"]) > 1:  # it is asked to mend what it wrote
        return written()
    most = min(SEARCHES, body["tools"][0]["max_uses"])
    searched = [block for number in range(1, most + 1) for block in search(number, f"part {number} of it")]
    return [*searched, *written()]


def search(number: int, query: str, results: Sequence[Body] | None = None, error: str = "") -> list[Body]:
    """llm.md 1.7: one search as its two blocks; two results of its own, or those given, or an error in their place."""
    tool_id = f"srvtoolu_{number}"
    found: object = [result(site) for site in _sites_of(number)] if results is None else list(results)
    if error:
        found = {"type": "web_search_tool_result_error", "error_code": error}
    return [
        {"type": "server_tool_use", "id": tool_id, "name": "web_search", "input": {"query": query}},
        {"type": "web_search_tool_result", "tool_use_id": tool_id, "content": found},
    ]


def result(site: str, title: str = "") -> Body:
    """One search result."""
    return {
        "type": "web_search_result",
        "url": url_of(site),
        "title": title or f"How {site} does it",
        "page_age": "3 weeks ago",
        "encrypted_content": f"enc-{site}",
    }


def url_of(site: str) -> str:
    """The page of a site that a search finds."""
    return f"https://{site}/how-it-is-done"


def text(words: str, *sites: str, urls: Sequence[str] = ()) -> Body:
    """A text block that cites pages."""
    citations = [
        {
            "type": "web_search_result_location",
            "url": url,
            "title": f"How {url} does it",
            "encrypted_index": f"idx-{url}",
            "cited_text": "It takes 230 ms.",
        }
        for url in (*map(url_of, sites), *urls)
    ]
    return {"type": "text", "text": words, **({"citations": citations} if citations else {})}


def written(*, words: int = 360, sites: Sequence[str] = SITES, leave_out: Sequence[int] = ()) -> list[Body]:
    """The text of a walkthrough; each section has about `words` words and cites two of `sites`."""
    blocks: list[Body] = []
    for number in range(7):
        if number in leave_out:
            continue
        blocks.append(text(f"## {number}. {TITLES[number]}\n\n"))
        if number == 3:
            blocks.append(text(f"{DIAGRAM}\n\n"))
        cited = [sites[at % len(sites)] for at in (2 * number, 2 * number + 1)] if number else []
        for site in cited:
            blocks.append(text(f"At {site} a call takes 230 ms and costs 0.4 cents.", site))
            blocks.append(text(" That sets the budget. "))
        blocks.append(text(f"\n\n{_filler(number, 60 if number == 0 else words)}\n\n"))
        if number == 4:
            blocks.append(text(f"{_tradeoffs()}\n\n"))
    return blocks


def _plain(number: int) -> str:
    """A section that rests on numbered facts."""
    extra = {3: f"{DIAGRAM}\n\n", 4: f"{_tradeoffs()}\n\n"}.get(number, "")
    cited = f" The first two facts say so [1][2], and so does the third [{number + 1}]." if number else ""
    return f"## {number}. {TITLES[number]}\n\n{extra}{_filler(number, 60 if number == 0 else 370)}{cited}"


def _filler(number: int, words: int) -> str:
    return " ".join(_sentences(number, words // 12))


def _sentences(number: int, count: int) -> Iterator[str]:
    for at in range(count):
        yield f"Part {number}, point {at + 1}: the team keeps each of these steps small and checked."


def _tradeoffs() -> str:
    return "\n".join(
        f"- **{name}**: we take the first; it costs {cost}, and users wait 300 ms more. It flips at 2%."
        for name, cost in (
            ("Latency against quality", "0.4 s"),
            ("Cost against quality", "$900"),
            ("Speed against care", "2 h"),
        )
    )


def _sites_of(number: int) -> tuple[str, ...]:
    return SITES[2 * (number - 1) : 2 * number]


def _turn(body: Body) -> str:
    content = body["messages"][0]["content"]
    return content if isinstance(content, str) else ""
