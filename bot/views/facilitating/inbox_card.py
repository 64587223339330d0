"""What waits for those who run a group: entries of several kinds, a few on each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import Block, Button, Buttons, Card, Heading, Text
from bot.views.cut import fits

A_PAGE = 4
PAST = "Decided so far"
EMPTY = "Nothing waits in the inbox."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to look at. Its kind makes `blocks` (about 700 characters in at most four) and at most five `buttons`.

    Attributes:
        at: since when it waits.
        kind, about: what it is, for machines.
    """

    at: datetime
    kind: str
    about: str
    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...]


def inbox(entries: Sequence[Entry], page: int, *, said: str = "", past: bool = False) -> Card:
    """One page, the oldest first; `said` is what was just done, `past` that there is something decided to look at."""
    news: tuple[Block, ...] = (Text((said,)),) if said else ()
    more = [Button(PAST, "inbox-past:1")] if past else []
    if not entries:
        row = (Buttons(tuple(more)),) if more else ()
        return Card("inbox", (*news, Text((EMPTY,)), *row), data={"entries": [], "page": 1, "pages": 1})
    for a_page in range(A_PAGE, 0, -1):
        pages = -(-len(entries) // a_page)
        shown = min(max(page, 1), pages)
        some = entries[(shown - 1) * a_page : shown * a_page]
        blocks = (*news, *_blocks(some, len(entries), shown, pages, more))
        if fits(blocks):
            break
    data = {"entries": [{"kind": each.kind, "about": each.about} for each in some], "page": shown, "pages": pages}
    return Card("inbox", blocks, data=data)


def _entry(each: Entry) -> tuple[Block, ...]:
    return (*each.blocks, *((Buttons(each.buttons),) if each.buttons else ()))


def _blocks(some: Sequence[Entry], count: int, page: int, pages: int, more: Sequence[Button]) -> tuple[Block, ...]:
    of = f", page {page} of {pages}" if pages > 1 else ""
    turns = [Button("Previous page", f"inbox:{page - 1}")] if page > 1 else []
    turns += [Button("Next page", f"inbox:{page + 1}")] if page < pages else []
    turns += more
    body = tuple(block for each in some for block in _entry(each))
    return (Heading(f"Inbox: {count}{of}"), *body, *((Buttons(tuple(turns)),) if turns else ()))
