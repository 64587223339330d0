from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from tests.contract.discord_bench import STUDY, Bench, bench, button, command, field, modal, row
from tests.servers.discord_people import User
from tests.servers.discord_seat import TRY_AGAIN, OpenModal, Unable


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as opened:
        opened.server.register([command("ask")])
        yield opened


async def opened(on: Bench, data: dict[str, Any]) -> None:
    """Ben gave /ask and has this modal open."""
    on.answering(9, **data)
    await on.ben.slash("ask", STUDY)


def modal_of(user: User) -> OpenModal | None:
    return user.modal


async def test_a_modal_is_opened_filled_in_and_sent(on: Bench) -> None:
    """A modal of discord.py reaches its user, and what they type reaches the app under the fields' ids."""
    got: list[str] = []

    class Answer(discord.ui.Modal, title="Your answer"):
        words = discord.ui.Label(text="Answer", component=discord.ui.TextInput[Any](style=discord.TextStyle.long))
        sure = discord.ui.Label(text="Sure?", component=discord.ui.Select[Any](
            options=[discord.SelectOption(label="Yes", value="y"), discord.SelectOption(label="No", value="n")],
            required=True,
        ))  # fmt: skip

        async def on_submit(self, interaction: discord.Interaction) -> None:
            words, sure = self.words.component, self.sure.component
            assert isinstance(words, discord.ui.TextInput)
            assert isinstance(sure, discord.ui.Select)
            got.extend([words.value, *sure.values])
            await interaction.response.send_message("saved", ephemeral=True)

    async def answer(one: discord.Interaction) -> None:
        if one.type is discord.InteractionType.application_command:
            await one.response.send_modal(Answer())

    on.client.answers = answer
    await on.ben.slash("ask", STUDY)
    assert on.ben.modal is not None
    assert on.ben.modal.shown == "Your answer\nAnswer\nSure?\nYes\nNo"
    with pytest.raises(Unable):
        await on.ben.submit({"Answer": "only this"})
    await on.ben.submit({"Answer": "my words", "Sure?": "Yes"})
    assert got == ["my words", "y"]
    assert modal_of(on.ben) is None
    assert [each.shown for each in on.ben.whispers(STUDY)] == ["saved"]


async def test_a_modal_outlives_the_app(on: Bench) -> None:
    """A modal stays open over a restart, keeps what was typed when nobody answers, and may be sent again."""
    await opened(on, modal(field("Answer", "a")))
    on.server.hub.callback_within_s = 0.2
    on.client.answers = None
    await on.ben.submit({"a": "words"})
    assert on.ben.failures == [TRY_AGAIN]
    on.answering(4, content="saved")
    one = await on.ben.submit({"Answer": "words"})
    assert one.payload["data"]["custom_id"] == "answer"
    assert one.payload["data"]["components"][0]["component"]["value"] == "words"
    assert (one.failure, on.ben.modal) == (None, None)


BAD_MODALS: dict[str, dict[str, Any]] = {
    "a title of 46": modal(field("A", "a"), title="x" * 46),
    "a custom_id of 101": modal(field("A", "a"), custom_id="x" * 101),
    "six fields": modal(*(field("A", f"a{each}") for each in range(6))),
    "no field": modal(),
    "a label of 46": modal(field("x" * 46, "a")),
    "a description of 101": modal({**field("A", "a"), "description": "x" * 101}),
    "a value above 4,000": modal(field("A", "a", value="x" * 4001)),
    "a max_length above 4,000": modal(field("A", "a", max_length=4001)),
    "a bare input": modal({"type": 4, "custom_id": "a", "style": 1}),
    "a button": modal(row(button("a", "a"))),
    "one option to choose from": modal(
        {
            "type": 18,
            "label": "A",
            "component": {"type": 21, "custom_id": "r", "options": [{"label": "a", "value": "a"}]},
        }
    ),
    "one custom_id twice": modal(field("A", "a"), field("B", "a")),
}


@pytest.mark.parametrize("name", BAD_MODALS)
async def test_a_modal_outside_the_limits_is_refused(on: Bench, name: str) -> None:
    """A modal that Discord would not open is 50035, and can still be answered rightly."""
    on.server.hub.callback_within_s = 0.5
    waiting = asyncio.create_task(on.ben.slash("ask", STUDY))
    await on.server.until(lambda: bool(on.server.interactions))
    one = on.server.interactions[0]
    assert await on.callback_code(one, 9, **BAD_MODALS[name]) == 50035
    assert await on.callback_code(one) == 0
    await waiting
    assert on.ben.modal is None


async def test_an_answer_fits_what_was_done(on: Bench) -> None:
    """A modal answers no modal, choices answer no command, and an update needs a message to update."""
    await opened(on, modal(field("Answer", "a")))
    codes: list[int] = []

    async def answer(_: discord.Interaction) -> None:
        one = on.server.interactions[-1]
        codes.extend([
            await on.callback_code(one, 9, **modal(field("A", "a"))), await on.callback_code(one, 8, choices=[]),
            await on.callback_code(one, 7), await on.callback_code(one, 4),
        ])  # fmt: skip

    on.client.answers = answer
    await on.ben.submit({"Answer": "words"})
    await on.server.until(lambda: len(codes) == 4)
    assert codes == [50035, 50035, 50035, 0]
