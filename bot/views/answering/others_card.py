"""The others' answers to a sealed question, for a member who may read them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import MOST_CARD_CHARS, Attachment, Block, Bold, Card, Heading, Own, Quote, Text
from bot.domain.answer import Answer
from bot.domain.framework import Framework
from bot.domain.post import Post
from bot.views.answering.answer_card import in_full
from bot.views.cut import cut
from bot.views.when import day_text

ROOM_CHARS = MOST_CARD_CHARS - 300
MOST_SHOWN = 15
"""A name and a quote are two of a card's parts."""
NAME_CHARS = 40
FRAME_CHARS = 14
"""What a name and a quote need beside their words: "Answer by ", line ends, the mark of a quoted line."""


def others(post: Post, answers: Sequence[tuple[str, Answer]], framework: Framework) -> Card:
    """Name and answer, oldest first. Each gets the same room, and what short ones leave goes to the longer ones.

    What does not fit goes along in a file that holds all in full.
    """
    data = {"day": post.day.isoformat(), "answers": len(answers)}
    if not answers:
        return Card("others", (Text(("Nobody else has answered yet.",)),), data=data)
    shown = [(cut(name, NAME_CHARS) or "A member", _compact(answer)) for name, answer in answers[:MOST_SHOWN]]
    sizes = [_quoted_chars(text) for _, text in shown]
    rooms = fair_rooms(sizes, ROOM_CHARS - len(shown) * (NAME_CHARS + FRAME_CHARS))
    blocks: list[Block] = [Heading(f"The others' answers, {day_text(post.day)}")]
    for (name, text), room in zip(shown, rooms, strict=True):
        blocks += [Text((Bold("Answer by "), Own(name))), Quote(_cut_quote(text, room))]
    if len(shown) == len(answers) and rooms == sizes:
        return Card("others", tuple(blocks), data=data)
    whole = "it" if len(answers) == 1 else f"all {len(answers)}"
    blocks.append(Text((f"Cut to fit. The file has {whole} in full.",)))
    return Card("others", tuple(blocks), data=data, file=_file(post, answers, framework))


def fair_rooms(sizes: Sequence[int], room: int) -> list[int]:
    """How many characters each text gets of `room`: its size, or an equal share of what the shorter ones leave."""
    rooms, left = [0] * len(sizes), room
    for done, index in enumerate(sorted(range(len(sizes)), key=lambda each: sizes[each])):
        rooms[index] = min(sizes[index], max(0, left) // (len(sizes) - done))
        left -= rooms[index]
    return rooms


def _compact(answer: Answer) -> str:
    """Without blank lines, for each line costs room."""
    return "\n".join(line.strip() for line in answer.text.splitlines() if line.strip())


def _quoted_chars(text: str) -> int:
    return len(text) + 2 * text.count("\n")


def _cut_quote(text: str, room: int) -> str:
    return text if _quoted_chars(text) <= room else cut(text, room - 2 * text[:room].count("\n"))


def _file(post: Post, answers: Sequence[tuple[str, Answer]], framework: Framework) -> Attachment:
    parts = (f"# {name or 'A member'}\n\n{in_full(answer, framework)}" for name, answer in answers)
    return Attachment(f"answers-{post.day}.md", "\n\n".join(parts).encode())
