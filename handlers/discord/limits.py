"""What Discord takes, as one table. Figures are from `reference/discord.md`, section 2, unless a comment says else.

`docs` is Discord's own documentation, the page that is named. Those figures that the renderer does not read are kept
by the budget of bot/cards.py; a test holds the two together.
"""

from __future__ import annotations

from typing import Final

# Messages with the flag IS_COMPONENTS_V2 (section 1, "Components v2")
MESSAGE_COMPONENTS: Final = 40  # counted over the whole tree
MESSAGE_TEXT_CHARS: Final = 4_000  # over all text displays, with their markup
BUTTONS_IN_ROW: Final = 5
BUTTON_LABEL_CHARS: Final = 80
CUSTOM_ID_CHARS: Final = 100
COMPONENT_ID_MOST: Final = 2**31 - 1  # docs: components/reference, "Anatomy": a 32 bit integer
URL_CHARS: Final = 512  # docs: components/reference, "Button"; a masked link has no stated limit, so it is held to this

# Messages without it
CONTENT_CHARS: Final = 2_000

# Modals (section 1, "Modals")
MODAL_PARTS: Final = 5  # top level: labels, and a text display if there is room
MODAL_TITLE_CHARS: Final = 45
LABEL_CHARS: Final = 45
DESCRIPTION_CHARS: Final = 100
PLACEHOLDER_CHARS: Final = 100  # docs: components/reference, "Text Input"
INPUT_CHARS: Final = 4_000
OPTIONS: Final = 25
OPTION_LABEL_CHARS: Final = 100  # docs: components/reference, "Select Option"; its value too

# Application commands
COMMANDS: Final = 100
CONTEXT_MENUS: Final = 15  # of one type
COMMAND_NAME_CHARS: Final = 32  # docs: interactions/application-commands; of an option too
COMMAND_DESCRIPTION_CHARS: Final = 100  # the same
COMMAND_CHARS: Final = 8_000  # names, descriptions and values of one command
CHOICES: Final = 25
CHOICE_CHARS: Final = 100  # docs: interactions/application-commands; name and value
