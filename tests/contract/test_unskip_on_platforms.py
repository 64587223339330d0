"""A skipped date is taken back by the button of its card, on Slack and on Discord."""

from __future__ import annotations

from datetime import date

from tests.contract import discord_case, slack_case

TUESDAY = date(2026, 11, 24)
LABEL = "Do not skip Tue 24 Nov"


async def test_on_slack(valkey_url: str) -> None:
    """The card that confirms a skip, and the queue, have the button; it works twice, and the words do the same."""
    async with slack_case.running(valkey_url) as case:
        await case.group()
        await case.asha.command("/tpm-admin", "skip 2026-11-24", case.study)
        await case.answered()
        assert (await slack_case.group_of(case)).skips == {TUESDAY}
        shown = case.asha.whispers(case.study)[-1]
        for _ in range(2):
            await case.asha.press(shown, LABEL)
            await case.answered()
            assert (await slack_case.group_of(case)).skips == frozenset()
        await case.asha.command("/tpm-admin", "skip 2026-11-24", case.study)
        await case.answered()
        await case.asha.command("/tpm-admin", "queue", case.study)
        await case.answered()
        assert LABEL in case.asha.whispers(case.study)[-1].labels
        await case.asha.command("/tpm-admin", "unskip 2026-11-24", case.study)
        await case.answered()
        assert (await slack_case.group_of(case)).skips == frozenset()
        assert case.asha.failures == []


async def test_on_discord(valkey_url: str) -> None:
    """The same on Discord, where `unskip` is a subcommand with a date."""
    async with discord_case.running(valkey_url) as case:
        await case.group()
        one = await case.asha.slash("tpm-admin skip", case.study, date="2026-11-24")
        await case.answered()
        assert (await case.standing_group()).skips == {TUESDAY}
        assert one.original is not None
        for _ in range(2):
            await case.asha.press(one.original, LABEL)
            await case.answered()
            assert (await case.standing_group()).skips == frozenset()
        await case.asha.slash("tpm-admin skip", case.study, date="2026-11-24")
        await case.answered()
        queue = await case.asha.slash("tpm-admin queue", case.study)
        await case.answered()
        assert queue.original is not None
        assert LABEL in queue.original.labels
        await case.asha.slash("tpm-admin unskip", case.study, date="2026-11-24")
        await case.answered()
        assert (await case.standing_group()).skips == frozenset()
        assert case.asha.failures == []
