"""What the model may cost, in Redis."""

from __future__ import annotations

from datetime import date, timedelta

from bot.domain.group import MemberId
from bot.infra.redis.client import Client
from bot.infra.redis.keys import PURSE_S, Keys
from bot.infra.redis.scripts import Argument

KEPT_DAYS = PURSE_S // (24 * 3600)


class RedisPurse:
    """The `Purse` port.

    Args:
        daily_usd: most for everybody on one UTC day.
        member_daily_usd: most for one member on one UTC day.
    """

    def __init__(self, client: Client, *, daily_usd: float, member_daily_usd: float) -> None:
        self._redis = client
        self._limits = (_millionths(daily_usd), _millionths(member_daily_usd))

    async def take(self, day: date, member: MemberId, usd: float, *, of_day: float = 1.0) -> bool:
        for_all, for_one = self._limits
        return await self._spend(day, member, usd, int(for_all * of_day), for_one)

    async def adjust(self, day: date, member: MemberId, usd: float) -> None:
        await self._spend(day, member, usd, "", "")

    async def forget(self, member: MemberId, today: date) -> None:
        """Erase the member's own sums of every day that may still be kept."""
        days = (today + timedelta(days=offset) for offset in range(-KEPT_DAYS, 2))
        await self._redis.batch([("HDEL", Keys.purse(day), f"m:{member}") for day in days])

    async def _spend(self, day: date, member: MemberId, usd: float, *limits: Argument) -> bool:
        arguments = (f"m:{member}", _millionths(usd), *limits, PURSE_S)
        return bool(await self._redis.script("spend", [Keys.purse(day)], *arguments))


def _millionths(usd: float) -> int:
    # whole numbers add up without the drift of fractions
    return round(usd * 1_000_000)
