"""Draws what stands in a room as the terminal shows it: the picture of a real run in the README."""

from __future__ import annotations

import io
from datetime import tzinfo

from rich.console import Console

from handlers.terminal.room import Room
from handlers.terminal.screen import Screen

_FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>{title_text}</title>
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px;
  line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""rich's own frame asks a foreign host for its font; this one takes a font that the reader has."""


def record_svg(room: Room, zone: tzinfo, *, title: str, width_chars: int = 90) -> str:
    """The last post of the room, and everything said and typed after it, as an SVG document."""
    console = Console(record=True, width=width_chars, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    Screen(room, zone, console, lambda: width_chars).replay()
    frame = _FRAME.replace("{title_text}", title.replace("&", "&amp;").replace("<", "&lt;"))
    return console.export_svg(title=title, code_format=frame, unique_id="room")
