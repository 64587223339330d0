"""The card when no model read the answer: the authors' notes as questions to oneself."""

from __future__ import annotations

from bot.cards import Attachment, Block, Bold, Bullets, Button, Buttons, Card, Heading, Own, Span, Text
from bot.domain.framework import Framework
from bot.domain.review import SelfCheck, SelfCheckPoint
from bot.views.cut import fits, line
from bot.views.feedback.data import self_check_data
from bot.views.feedback.markdown import markdown
from bot.views.feedback.thread import MOST_NAME_CHARS

NO_JUDGE = (
    "This card does not judge. It asks what the authors of the question look for; whether it is there, you decide."
)
FOLLOWS = "The review is still owed and will follow here by itself."
ALL_IN_FILE = "All points are in the file."
SHORT_POINTS = 3
MOST_PROBE_CHARS = 300
_DETAILS = ((2_000, 400, 99), (2_000, 160, 99), (260, 110, 99), (200, 90, 3), (140, 80, 2), (90, 60, 1))
"""Most characters of a question and of a quote, and most points a section: the first that fits is shown."""


def self_check_card(check: SelfCheck, framework: Framework, *, name: str, edited: bool = False) -> Card:
    """For the thread: a few points as questions to oneself, and one probe.

    Others who have not answered read the thread too, so only the heaviest open points stand here; the rest opens
    privately. `edited`: the answer has changed since, so the card offers to look again.
    """
    found = [point for point in check.points if point.found]
    by_weight = sorted(check.points, key=lambda point: (bool(point.found), -check.weights.get(point.section, 0)))
    open_points = [point for point in by_weight if not point.found][:SHORT_POINTS]
    blocks: list[Block] = _opening(check, name)
    if found:
        blocks.append(Text((Bold("Where you may have it already:"),)))
        blocks.append(Bullets(tuple(_place(point, framework) for point in found[:SHORT_POINTS])))
    if open_points:
        blocks.append(Text((Bold("Look for these in your answer:"),)))
        blocks.append(Bullets(tuple((line(point.point.rstrip("?"), 200), "?") for point in open_points)))
    blocks += _probe(check)
    buttons = [Button("All points", f"feedback:{check.day}")]
    buttons += [Button("Review my edit", f"again:{check.day}")] if edited else []
    return Card("feedback", (*blocks, Buttons(tuple(buttons))), self_check_data(check, framework))


def self_check_in_full(check: SelfCheck, framework: Framework, *, name: str) -> Card:
    """For the member alone: every point with the sentence found for it; a file holds what did not fit.

    `name` may be empty: whoever asks at the command line has none.
    """
    for number, (ask_chars, quote_chars, most_points) in enumerate(_DETAILS):
        blocks = _blocks(check, framework, name, ask_chars, quote_chars, most_points)
        blocks += (Text((ALL_IN_FILE,)),) if number else ()
        if fits(blocks):
            break
    file = Attachment(f"self-check-{check.day}.md", _file(check, framework).encode()) if number else None
    return Card("feedback", blocks, self_check_data(check, framework), file)


def _opening(check: SelfCheck, name: str) -> list[Block]:
    whose = line(name, MOST_NAME_CHARS)
    return [
        Heading(f"Check it yourself, {whose}" if whose else "Check it yourself"),
        Text((line(check.reason, 240), f" {FOLLOWS}" if check.retried else "")),
        Text((NO_JUDGE,)),
    ]


def _probe(check: SelfCheck) -> list[Block]:
    return [Text((Bold("Then answer this: "), line(check.probe, MOST_PROBE_CHARS)))] if check.probe else []


def _place(point: SelfCheckPoint, framework: Framework) -> tuple[Span, ...]:
    return (f"{framework.section(point.section).short}: ", Own(f"“{line(point.found[0], 160)}”"))


def _blocks(
    check: SelfCheck, framework: Framework, name: str, ask_chars: int, quote_chars: int, most_points: int
) -> tuple[Block, ...]:
    blocks = _opening(check, name)
    for section in framework.sections:
        points = [point for point in check.points if point.section == section.key]
        if not points:
            continue
        shown = sorted(points, key=lambda point: not point.found)[:most_points] if len(points) > most_points else points
        blocks.append(Text((Bold(section.short),)))
        blocks.append(Bullets(tuple(_point(point, ask_chars, quote_chars) for point in shown)))
    return (*blocks, *_probe(check))


def _point(point: SelfCheckPoint, ask_chars: int, quote_chars: int) -> tuple[Span, ...]:
    ask = line(point.ask, ask_chars)
    if not point.found:
        return (ask,)
    return (ask, " You wrote: ", *(Own(f"“{line(quote, quote_chars)}” ") for quote in point.found))


def _file(check: SelfCheck, framework: Framework) -> str:
    lines = [f"# Check it yourself, {check.day}", "", NO_JUDGE, ""]
    for section in framework.sections:
        points = [point for point in check.points if point.section == section.key]
        if points:
            lines += [f"## {section.title}", ""]
        for point in points:
            lines += [f"- {markdown(point.ask)}", *(f"  > {markdown(quote)}" for quote in point.found or ()), ""]
    if check.probe:
        lines.append(f"**Then answer this:** {markdown(check.probe)}")
    return "\n".join([*lines, ""])
