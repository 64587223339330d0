"""Which groups a member is in, where the channel does not say it: an app's home, a direct message, another channel."""

from __future__ import annotations

from bot.domain.group import Group, MemberId
from bot.errors import Refusal
from bot.ports import Ports
from bot.views import notices


async def groups_of(ports: Ports, platform: str, workspace: str, member_id: MemberId) -> list[Group]:
    """The groups of a workspace in which somebody is a member or an admin, by name."""
    return sorted(await ports.groups.of(platform, workspace, member_id), key=lambda group: group.name)


async def only_group(ports: Ports, platform: str, workspace: str, member_id: MemberId) -> Group:
    """The member's one group. Raises Refusal when there is none, or more than one."""
    found = await groups_of(ports, platform, workspace, member_id)
    if not found:
        raise Refusal(notices.NO_GROUP)
    if len(found) > 1:
        raise Refusal(notices.which_group([group.name for group in found]))
    return found[0]
