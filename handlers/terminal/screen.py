"""Draws the room: posts, their threads indented beneath, private messages named as such in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo

from rich.console import Console, Group, RenderableType
from rich.text import Text

from bot.cards import Button
from bot.ports import Where
from handlers.terminal.lines import addressee, where_text
from handlers.terminal.messages import Happened, Kind, Message
from handlers.terminal.plain_text import safe
from handlers.terminal.records import Did
from handlers.terminal.render import Prefixed, card_view, hanging, text_view
from handlers.terminal.room import Room

WIDEST_CHARS = 100
NARROWEST_CHARS = 20
THREAD_INDENT_CHARS = 4
MOST_PRIVATE_REDRAWN = 3
_DONE = {Kind.EDIT: " (edited)", Kind.DELETE: " deleted this:", Kind.FILE: " sent a file:"}


class Screen:
    """One reader's view of a room, written downwards and never redrawn in place.

    Every button that is drawn gets a number of its own, so that each number on the screen keeps its meaning.
    """

    def __init__(self, room: Room, zone: tzinfo, console: Console, width_chars: Callable[[], int]) -> None:
        self._width_chars = width_chars
        self._room = room
        self._zone = zone
        self._console = console
        self._buttons: list[tuple[Message, Button]] = []
        self._thread: str | None = None

    def button(self, number: int) -> tuple[Message, Button] | None:
        """The message and button that `number` was drawn for."""
        return self._buttons[number - 1] if 1 <= number <= len(self._buttons) else None

    def show(self, happened: Happened) -> None:
        """Draw what just happened. A form is not drawn: it is asked field by field."""
        if happened.message is not None:
            self._draw(happened.kind, happened.message, happened)

    def redraw(self) -> None:
        """Draw what stands: the last post, what everybody saw after it, and the newest private messages."""
        drawn = self._since_last_post()
        private = [each for each in drawn if each.where not in (Where.CHANNEL, Where.THREAD)]
        older = private[:-MOST_PRIVATE_REDRAWN]
        for message in drawn:
            if message not in older:
                self._draw_standing(message)
        if older:
            self.notice(f"{len(older)} older private messages are not shown again; the commands show them.")

    def replay(self) -> None:
        """Draw the same with what people typed in between, for a picture of a run."""
        drawn = self._since_last_post()
        first = _order(drawn[0]) if drawn else 0
        typed = [deed for deed in self._room.deeds if _order(deed) > first and deed.text.startswith(("/", "["))]
        items: list[Message | Did] = [*drawn, *typed]
        for item in sorted(items, key=_order):
            if isinstance(item, Message):
                self._draw_standing(item)
            else:
                self.typed(self._room.name_of(item.by), item.text)

    def _since_last_post(self) -> list[Message]:
        standing, posts = self._room.standing(), self._room.posts()
        if not posts:
            return standing
        first = standing.index(posts[-1])
        return [each for each in standing[first:] if each.thread in (None, posts[-1].id)]

    def _draw_standing(self, message: Message) -> None:
        kind = Kind.POST if message.where is Where.CHANNEL else Kind.REPLY
        self._draw(kind, message, Happened(kind=kind, at=message.at, message=message))

    def notice(self, text: str) -> None:
        """A line of the terminal's own, from nobody in the room."""
        self._print(Text(safe(text), style="yellow"))

    def typed(self, name: str, text: str) -> None:
        """What a person typed that is no message: a command, a button."""
        self._print(Text.assemble((f"{safe(name)}> ", "bold magenta"), safe(text)))

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """Two columns, the second one wrapped."""
        self._print(Prefixed("", hanging([(text_view(left), text_view(right)) for left, right in rows], gap_chars=2)))

    def plain(self, text: str, *, indent_chars: int = 0) -> None:
        """Lines without any style."""
        self._print(Prefixed(" " * indent_chars, text_view(text)))

    def _draw(self, kind: Kind, message: Message, happened: Happened) -> None:
        indent = THREAD_INDENT_CHARS if message.thread is not None else 0
        if message.thread is not None and message.thread != self._thread:
            self._name_thread(message.thread)
        self._thread = message.root if message.root is not None else self._thread
        self._print(Prefixed(" " * indent, Group(self._head(kind, message, happened), self._body(kind, message))))
        self._print(Text())

    def _name_thread(self, root: str) -> None:
        post = self._room.messages.get(root)
        if post is not None:
            self._print(Text(f"In the thread of {self._time(post)}:", style="dim"))

    def _head(self, kind: Kind, message: Message, happened: Happened) -> Text:
        to = addressee(message, self._room)
        place = "" if message.where is Where.THREAD and to == self._room.channel else (
            where_text(message.where, to, self._room.channel)
        )  # fmt: skip
        at = happened.at.astimezone(self._zone)
        parts = [place, f"{at:%a %d %b %H:%M}" if message.where is Where.CHANNEL else f"{at:%H:%M}"]
        who = safe(self._room.name_of(message.author)) + _DONE.get(kind, "")
        style = "bold green" if message.author is None else "bold magenta"
        return Text.assemble((who, style), (f"  {safe(', '.join(filter(None, parts)))}", "dim"))

    def _body(self, kind: Kind, message: Message) -> RenderableType:
        card = message.card
        if kind is Kind.FILE and card is not None and card.file is not None:
            return text_view(card.file.name)
        if kind is Kind.DELETE:
            return text_view(_beginning(message.text))
        if card is None:
            return text_view(message.text)
        numbers = {}
        for button in card.buttons:
            self._buttons.append((message, button))
            numbers[button] = len(self._buttons)
        return card_view(card, numbers)

    def _time(self, message: Message) -> str:
        return f"{message.at.astimezone(self._zone):%a %d %b %H:%M}"

    def _print(self, what: RenderableType) -> None:
        self._console.print(what, width=max(min(self._width_chars(), WIDEST_CHARS), NARROWEST_CHARS))


def _beginning(text: str) -> str:
    """Enough of a removed message to know it by."""
    lines = [line for line in text.splitlines() if line.strip()]
    return f"{lines[0]} …" if len(lines) > 1 else "".join(lines)


def _order(item: Message | Did) -> int:
    """Where it stands in the room's log: the part of its id after the point."""
    return int((item.id if isinstance(item, Message) else item.event).partition(".")[2])
