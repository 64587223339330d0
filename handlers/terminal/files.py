"""Files that the bot sends, kept where a person can open them."""

from __future__ import annotations

from pathlib import Path

from bot.cards import Card

FOLDER = "files"


def keep_file(folder: Path, message_id: str, card: Card) -> str:
    """Keep the card's file under `folder`; a line that says where it is, or why it could not be kept."""
    if card.file is None:
        return "There is no file."
    path = folder / FOLDER / f"{message_id}-{Path(card.file.name).name}"
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(card.file.content)
    except OSError as error:
        return f"{card.file.name} could not be kept: {error.strerror}."
    return f"{card.file.name} is kept in {path}"
