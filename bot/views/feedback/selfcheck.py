"""The card when no model read the answer: the authors' notes as questions to oneself."""

from __future__ import annotations

from bot.cards import Attachment, Block, Bold, Bullets, Button, Buttons, Card, Heading, Span, Text
from bot.domain.framework import Framework
from bot.domain.review import SelfCheck, SelfCheckPoint
from bot.views.cut import fits, line
from bot.views.feedback.data import self_check_data
from bot.views.feedback.thread import MOST_NAME_CHARS, MOST_PROBE_CHARS

NO_JUDGE = (
    "This card does not judge. It asks what the authors of the question look for, and where words match, it shows "
    "your own sentence. Whether that is enough, you decide."
)
FOLLOWS = "The review is still owed and will follow here by itself."
NOTHING = "I found no sentence for this; you may have said it in other words."
ALL_IN_FILE = "All points are in the file."
_DETAILS = ((2_000, 400, 99), (2_000, 160, 99), (260, 110, 99), (200, 90, 3), (140, 80, 2), (90, 60, 1))
"""Most characters of a question and of a quote, and most points a section: the first that fits is shown."""


def self_check_card(check: SelfCheck, framework: Framework, *, name: str, edited: bool = False) -> Card:
    """The points as questions, each with the sentence found for it, and one probe; a file holds what did not fit.

    `edited`: the answer has changed since, so the card offers to look again.
    """
    data = self_check_data(check, framework)
    for number, (ask_chars, quote_chars, most_points) in enumerate(_DETAILS):
        blocks = _blocks(check, framework, name, ask_chars, quote_chars, most_points)
        blocks += (Text((ALL_IN_FILE,)),) if number else ()
        blocks += (Buttons((Button("Review my edit", f"again:{check.day}"),)),) if edited else ()
        if fits(blocks):
            break
    file = Attachment(f"self-check-{check.day}.md", _file(check, framework).encode()) if number else None
    return Card("feedback", blocks, data, file)


def _blocks(
    check: SelfCheck, framework: Framework, name: str, ask_chars: int, quote_chars: int, most_points: int
) -> tuple[Block, ...]:
    blocks: list[Block] = [
        Heading(f"Check it yourself, {line(name, MOST_NAME_CHARS)}"),
        Text((line(check.reason, 240), f" {FOLLOWS}" if check.retried else "")),
        Text((NO_JUDGE,)),
    ]
    for section in framework.sections:
        points = [point for point in check.points if point.section == section.key]
        if not points:
            continue
        shown = sorted(points, key=lambda point: not point.found)[:most_points] if len(points) > most_points else points
        blocks.append(Text((Bold(section.short),)))
        blocks.append(Bullets(tuple(_point(point, ask_chars, quote_chars) for point in shown)))
    if check.probe:
        blocks.append(Text((Bold("Then answer this: "), line(check.probe, MOST_PROBE_CHARS))))
    return tuple(blocks)


def _point(point: SelfCheckPoint, ask_chars: int, quote_chars: int) -> tuple[Span, ...]:
    ask = line(point.ask, ask_chars)
    if not point.found:
        return (ask,)
    return (ask, " You wrote: ", *(f"“{line(quote, quote_chars)}” " for quote in point.found))


def _file(check: SelfCheck, framework: Framework) -> str:
    from bot.views.feedback.full import markdown

    lines = [f"# Check it yourself, {check.day}", "", NO_JUDGE, ""]
    for section in framework.sections:
        points = [point for point in check.points if point.section == section.key]
        if points:
            lines += [f"## {section.title}", ""]
        for point in points:
            lines += [f"- {markdown(point.ask)}", *(f"  > {markdown(quote)}" for quote in point.found or ()), ""]
    return "\n".join([*lines, f"**Then answer this:** {markdown(check.probe)}", ""])
