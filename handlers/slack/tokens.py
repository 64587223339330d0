"""The one lookup from a workspace to its token. Many workspaces by OAuth only need another way to fill it."""

from __future__ import annotations

from dataclasses import dataclass, field

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The app in one workspace. `bot_user_id` is who the bot is there, `bot_id` what its messages carry."""

    team_id: str
    bot_token: str = field(repr=False)
    bot_id: str
    bot_user_id: str


class Tokens:
    """The installations by workspace."""

    def __init__(self) -> None:
        self._by_team: dict[str, Installation] = {}

    def add(self, installation: Installation) -> None:
        """Use this installation for its workspace from now on."""
        self._by_team[installation.team_id] = installation

    def drop(self, team_id: str) -> None:
        """The app was removed from the workspace, or its token revoked."""
        self._by_team.pop(team_id, None)

    def of(self, team_id: str | None) -> Installation | None:
        """The installation in a workspace, or None."""
        return self._by_team.get(team_id or "")

    def serving(self, team_id: str | None) -> Installation | None:
        """The installation that a request is for; the only one, where Slack names another workspace.

        In a channel shared with another company or within an organisation, that is where the person who wrote is at
        home (java-slack-sdk#629), or none at all.
        """
        only = next(iter(self._by_team.values())) if len(self._by_team) == 1 else None
        return self.of(team_id) or only

    @property
    def any(self) -> bool:
        """Whether the app is in a workspace at all."""
        return bool(self._by_team)


class Authorize(AsyncAuthorize):
    """Tells bolt who the bot is in the workspace that a request comes from, without a call of the API."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # slack_bolt has no types here
        self._tokens = tokens

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,  # noqa: ARG002
        actor_team_id: str | None = None,  # noqa: ARG002
        actor_user_id: str | None = None,  # noqa: ARG002
    ) -> AuthorizeResult | None:
        """The installation as bolt wants it; None for a workspace that is not known."""
        found = self._tokens.serving(team_id)
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=found.team_id,
            bot_token=found.bot_token,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user_id,
            user_id=user_id,
        )
