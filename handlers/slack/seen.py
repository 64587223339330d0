"""What was handled already: Slack brings events again, and one mention comes as two events (slack.md 4.3, 4.14)."""

from __future__ import annotations

from collections import OrderedDict

MOST_KEPT = 10_000
"""Retries come within minutes; a busy workspace has 30,000 events an hour, few of which are noted here."""


class Seen:
    """The newest keys. Only for what can be done twice without harm; words have their keys in Redis."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, None] = OrderedDict()

    def first(self, key: str) -> bool:
        """Note that `key` is handled now; whether this is the first time."""
        is_first = key not in self._keys
        self._keys[key] = None
        self._keys.move_to_end(key)
        while len(self._keys) > MOST_KEPT:
            self._keys.popitem(last=False)
        return is_first
