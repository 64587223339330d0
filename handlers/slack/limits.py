"""What Slack takes, as one table. Every figure is from `reference/slack.md`; the comment names its section there.

Those that the renderer does not read are kept by the budget of bot/cards.py; a test holds the two together.
"""

from __future__ import annotations

from typing import Final

# 1, "Blocks": the row that speaks of the thing
HEADER_CHARS: Final = 150
LABEL_CHARS: Final = 75  # text of a button and of an option; an accessibility label too (section "Accessibility")
BUTTON_VALUE_CHARS: Final = 2_000
BUTTONS_IN_ROW: Final = 25  # elements of `actions`
URL_CHARS: Final = 3_000
INPUT_LABEL_CHARS: Final = 2_000  # and of the hint below the input
INPUT_CHARS: Final = 3_000
OPTIONS: Final = 100
VIEW_BLOCKS: Final = 100
VIEW_TITLE_CHARS: Final = 24  # title, submit and close
PRIVATE_METADATA_CHARS: Final = 3_000

# 1, "Message limits"
MESSAGE_BLOCKS: Final = 50
MESSAGE_BLOCKS_CHARS: Final = 12_000
"""Slack refuses at about 13,200 (bolt-js#2509). What it counts is undocumented, and more than the text (bolt-js#2867:
refused with 11,341 characters of text), so we count the blocks as JSON."""
TEXT_CHARS: Final = 4_000  # top-level `text`: recommended for chat.postMessage, enforced by chat.update

# 1, "Manifest"
COMMAND_CHARS: Final = 32  # with its slash
