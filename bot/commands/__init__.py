"""The command table, and dispatch."""

from bot.commands.dispatch import dispatch
from bot.commands.foresight import is_settings, may_open_form, needs_rights
from bot.commands.spec import Argument, Audience, CommandSpec, Kind
from bot.commands.table import COMMANDS

__all__ = [
    "COMMANDS", "Argument", "Audience", "CommandSpec", "Kind", "dispatch", "is_settings", "may_open_form",
    "needs_rights",
]  # fmt: skip
