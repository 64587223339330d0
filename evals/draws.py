"""Chance that is the same in every run: all draws of the bench come from a seed that says what they are for."""

from __future__ import annotations

import random


def drawn(*parts: object) -> random.Random:
    """A generator whose numbers depend on `parts` alone."""
    return random.Random("|".join(map(str, parts)))  # noqa: S311  a test case needs no secret
