"""The keys of walkthroughs; `Keys` in keys.py has them too."""

from __future__ import annotations

from bot.domain.group import GroupId, MemberId
from bot.infra.redis.key_form import of_group

WALKTHROUGH_S = 30 * 24 * 3600
"""How long a walkthrough and the wish for one are kept."""


class WalkKeys:
    """Part of the registry. Each docstring: what it is for, then type, fields, lifetime and an example value."""

    @staticmethod
    def asks(group_id: GroupId, member_id: MemberId) -> str:
        """The walkthroughs that a member asked for, and how far each has come.

        type: hash
        fields: ask id -> Ask as JSON
        lifetime: 30 days after the last one, or until the member is forgotten
        example: 5f2c0a91bd34e77c -> {"id":"5f2c0a91bd34e77c","question":"How would you…","begun":true,…}
        """
        return of_group(group_id, "asks", member_id)

    @staticmethod
    def walkthrough(group_id: GroupId, key: str) -> str:
        """A walkthrough, under the hash of its question without case and punctuation. It does not say who asked.

        type: string
        fields: Walkthrough as JSON
        lifetime: 30 days, or until one who asked for it is forgotten
        example: {"key":"b97b97a3107be826","question":"How would you…","grounding":"web",…}
        """
        return of_group(group_id, "walkthrough", key)
