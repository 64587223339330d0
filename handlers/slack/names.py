"""What the commands are called in this workspace: all its apps share the names, so one of ours may be taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot import cards
from bot.cards import Block, Bold, Card, Code, Field, Form, Span, TextField
from handlers.slack.limits import COMMAND_CHARS


class CommandNames:
    """`renamed`: the table's name -> the one here, for those that differ."""

    def __init__(self, renamed: Mapping[str, str] | None = None) -> None:
        self._here = dict(renamed or {})
        self._in_table = {here: name for name, here in self._here.items()}
        typed = "|".join(map(re.escape, self._here))
        self._typed = re.compile(rf"(?<![\w/-])/({typed})(?![\w-])")

    @classmethod
    def of(cls, table: Iterable[str], renamed: Mapping[str, str]) -> CommandNames:
        """Checked. Raises ValueError when there is no such command in the table, or Slack cannot have a new name."""
        names = list(table)
        if unknown := renamed.keys() - set(names):
            raise ValueError(f"there is no command {', '.join(sorted(unknown))}; there is {', '.join(names)}")
        for here in renamed.values():
            if not here or len(here) >= COMMAND_CHARS or here != here.lower() or re.search(r"[\s/]", here):
                fix = f"write it in lower case, without blanks, in {COMMAND_CHARS - 1} characters at most"
                raise ValueError(f"/{here} cannot be a command; {fix}")
        found = [renamed.get(name, name) for name in names]
        if twice := sorted({here for here in found if found.count(here) > 1}):
            raise ValueError(f"two commands would be called /{twice[0]}; give one of them another name")
        return cls(renamed)

    def here(self, name: str) -> str:
        """What a command of the table is called here."""
        return self._here.get(name, name)

    def in_table(self, here: str) -> str:
        """Which command of the table is meant by a name."""
        return self._in_table.get(here, here)

    def text(self, words: str) -> str:
        """Words of ours, with the commands in them as they are typed here."""
        return self._typed.sub(lambda typed: f"/{self.here(typed[1])}", words) if self._here else words

    def card(self, card: Card) -> Card:
        """A card with the commands as they are typed here; what members wrote stays as they wrote it."""
        if not self._here:
            return card
        try:
            return replace(card, blocks=tuple(map(self._block, card.blocks)))
        except ValueError:  # longer names can make a full card too long
            return card

    def form(self, form: Form) -> Form:
        """A form, likewise."""
        errors = {key: self.text(error) for key, error in form.errors.items()}
        return replace(form, intro=self.text(form.intro), fields=tuple(map(self._field, form.fields)), errors=errors)

    def _field(self, field: Field) -> Field:
        return replace(field, hint=self.text(field.hint)) if isinstance(field, TextField) else field

    def _block(self, block: Block) -> Block:
        match block:
            case cards.Heading(text):
                return cards.Heading(self.text(text))
            case cards.Text(spans):
                return cards.Text(self._spans(spans))
            case cards.Bullets(items):
                return cards.Bullets(tuple(map(self._spans, items)))
            case cards.Facts(rows):
                return cards.Facts(tuple((label, self._spans(value)) for label, value in rows))
        return block

    def _spans(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(map(self._span, spans))

    def _span(self, span: Span) -> Span:
        match span:
            case str():
                return self.text(span)
            case Bold(text):
                return Bold(self.text(text))
            case Code(text):
                return Code(self.text(text))
        return span
