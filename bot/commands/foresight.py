"""What can be said of an event before it is dispatched, for platforms that have to hurry or to look things up."""

from __future__ import annotations

from bot.commands.forms import FORMS
from bot.commands.presses import PRESSES
from bot.commands.spec import Audience, CommandSpec, PressSpec
from bot.commands.table import COMMANDS
from bot.inbound import Command, Inbound, Press, Submission

SETTINGS_FORMS = frozenset({"setup"})
"""Forms without a member's words: they may be acknowledged before they are saved, and only admins send them."""


def needs_rights(event: Inbound) -> bool:
    """Whether what the platform says of the person's rights will be asked for."""
    if isinstance(event, Submission):
        form = FORMS.get(event.action.partition(":")[0])
        return is_settings(event) or (form is not None and form.audience is not Audience.MEMBER)
    spec = _spec(event)
    return spec is not None and spec.audience is not Audience.MEMBER


def may_open_form(event: Inbound) -> bool:
    """Whether the reply may be a form."""
    spec = _spec(event)
    return spec is not None and spec.opens_form


def is_settings(event: Submission) -> bool:
    """Whether the form holds settings and none of a member's words."""
    return event.action.partition(":")[0] in SETTINGS_FORMS


def _spec(event: Inbound) -> CommandSpec | PressSpec | None:
    if isinstance(event, Press):
        return PRESSES.get(event.action.partition(":")[0])
    if not isinstance(event, Command):
        return None
    root = next((spec for spec in COMMANDS if spec.name == event.name), None)
    verb = event.text.strip().partition(" ")[0].lower()
    return next((row for row in root.verbs if row.name == verb), root) if root else None
