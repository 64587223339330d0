"""What people do in the fake Slack, and what they see. A test acts as them."""

from __future__ import annotations

from tests.servers.slack_filling import Filling
from tests.servers.slack_pressing import Pressing
from tests.servers.slack_writing import Writing


class User(Writing, Pressing, Filling):
    """One person at Slack's client. Every act returns when the app has acknowledged it, or has failed to."""
