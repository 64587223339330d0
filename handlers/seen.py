"""What was handled already: platforms bring events again, after a lost connection or to two processes at once."""

from __future__ import annotations

from collections import OrderedDict

MOST_KEPT = 10_000
"""Repetitions come within minutes."""


class Seen:
    """The newest keys. Only for what can be done twice without harm; words have their keys in Redis."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, None] = OrderedDict()

    def known(self, key: str) -> bool:
        """Whether `key` was noted."""
        return key in self._keys

    def first(self, key: str) -> bool:
        """Note that `key` is handled now; whether this is the first time."""
        is_first = key not in self._keys
        self._keys[key] = None
        self._keys.move_to_end(key)
        while len(self._keys) > MOST_KEPT:
            self._keys.popitem(last=False)
        return is_first
