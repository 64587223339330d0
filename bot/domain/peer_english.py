"""What the checks of a peer review know of English: its small words, praise, places in a text, and questions."""

from __future__ import annotations

import regex

from bot.domain.words import stems

TOKEN = regex.compile(r"[\p{L}\p{M}\p{Nd}'’]+")  # noqa: RUF001  people type this apostrophe

_FUNCTION = """
a an and are as at be been but by can could did do does for from had has have how i if in is it its more not of on or
should so than that the their them then there they this to was were what when where which who why will with would you
your
"""
FUNCTION = frozenset(_FUNCTION.split())
"""Words that any English sentence of some length holds."""

_PRAISE = """
great good nice amazing awesome excellent perfect brilliant fantastic wonderful love loved like liked cool super solid
strong clear well done job work answer response post everything anything nothing change changes improve improvement
improvements keep going continue stay right best thanks thank bravo lgtm ok okay fine wow really very totally so overall
all already think would looks look lot definitely absolutely truly enjoyed enjoy
"""
PRAISE = frozenset(stems(_PRAISE))
"""Stems of praise, and of what is said around it."""

# a quotation between marks, or a quoted line
QUOTATION = regex.compile(r"[\"“”„«»‹›「『][^\"“”„«»‹›」』]{2,}[\"“”«»‹›」』]|^\s*>\s*\S", regex.M)  # noqa: RUF001

_ORDER = "first|second|third|fourth|fifth|sixth|last|final|next|opening|closing|middle|same"
_PIECE = "paragraph|sentence|line|bullet|point|part|section|half|step|number|figure|claim|item|example|place"
_END = r"start|beginning|end|top|bottom|middle|opening|intro\w*|conclusion|summary|ending"
_GENERAL = "answer|work|response|writing|text|post|reply|english|style"
_SAID = (
    r"say|said|write|wrote|mention\w*|claim\w*|state\w*|assume\w*|list\w*|propose\w*|suggest\w*|chose|choose|pick\w*|"
    r"compare\w*|call\w*|name\w*|give|gave|skip\w*|leave|left"
)
PLACE = regex.compile(
    rf"\b(?:{_ORDER})\s+(?:\w+\s+)?(?:{_PIECE})s?\b"
    rf"|\b(?:{_PIECE}|s)\s*[#§]?\s*\d|§\s*\d"
    rf"|\b(?:at|in|near|from|towards?)\s+the\s+(?:very\s+)?(?:{_END})\b"
    rf"|\b(?:where|when|after|before|once|while)\s+you\s+\w+"
    rf"|\byour\s+(?!(?:whole\s+)?(?:{_GENERAL})\b)\w+|\byou\s+(?:{_SAID})\b"
    rf"|\b(?:introduction|intro|conclusion|ending|opening)\b",
    regex.I,
)
"""Words that point at a place in a text."""

QUESTION_MARK = regex.compile(r"[?？؟;՞፧⁇⁈‽]")  # noqa: RUF001  the marks of other scripts
ASKING_WORD = regex.compile(
    r"(?:^|[.!:,;]\s+|\n)\W*(?:and\s+|but\s+|so\s+)?(?:what|why|how|who|whom|whose|which|when|where|is|are|was|were|do|does|"
    r"did|can|could|would|will|should|have|has|had|if|suppose|imagine|tell\s+me|explain|walk\s+me)\b",
    regex.I,
)
"""A word that a question begins with, at the start of a clause."""

WRITES_FOR_THEM = regex.compile(
    r"\byou\s+(?:should|could|must|need\s+to)\s+(?:just\s+)?(?:write|say|put|rephrase|reword|rewrite|replace)\b"
    r"|\b(?:rewrite|rephrase|reword|replace|change)\s+(?:it|this|that|(?:the|your)\s+(?:\w+\s+)?\w+)\s+(?:as|to|with|by|into)\b"
    r"|\b(?:write|say|put)\s+(?:instead|this\s+instead|the\s+following)\b"
    r"|\bhere\s+is\s+(?:a\s+better|my|the\s+correct)\b",
    regex.I,
)
"""Telling somebody what to write, which is no question."""
