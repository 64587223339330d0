"""The gotchas of the reference on Discord (discord.md 6), and faults that must not hurt, each with its tests."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.group import MemberId, Place
from handlers.discord.told import deleted
from tests.contract.discord_case import ANSWER, PLACE, START, Case, running
from tests.house.rules import ROOT
from tests.servers.anthropic import AnthropicServer, Reply
from tests.servers.discord import GUILD_ID
from tests.servers.discord_faults import rate_limited

SEND = "POST /channels/{channel}/messages"
GOTCHAS: Mapping[str, tuple[str, ...]] = {
    "3 seconds": (
        "test_a_slow_answer_is_finished_in_one_message", "test_an_answer_that_comes_too_late_comes_directly",
        "test_a_form_that_comes_too_late_says_so", "test_a_slow_model_delays_no_interaction",
    ),
    "15 minutes": (
        "test_an_answer_after_fifteen_minutes_comes_directly", "test_an_answer_after_its_token_expired",
        "test_a_deferred_answer_is_filled_in",
    ),
    "modals and restarts": (
        "test_a_modal_outlives_a_restart", "test_words_that_come_too_late_are_kept",
        "test_a_form_that_cannot_be_saved_goes_back_as_a_file", "test_buttons_and_forms_outlive_a_restart",
    ),
    "on_interaction fires for everything": (
        "test_what_is_not_ours_is_left_alone", "test_a_custom_id_of_somebody_else_is_not_ours",
    ),
    "custom_ids can be replayed": (
        "test_rights_are_looked_at_for_each_press", "test_a_place_that_is_carried_counts_in_no_server",
        "test_a_button_of_another_version_opens_a_form_that_works",
        "test_a_fault_of_ours_is_told",
    ),
    "at least once": (
        "test_a_resumed_connection_brings_events_twice", "test_what_was_said_during_a_lost_session_is_read",
        "test_a_thread_that_cannot_be_read_at_once_is_read_later",
        "test_two_processes_with_one_token", "test_a_deploy_with_both_versions_running", "test_a_week_on_discord",
        "test_a_deletion_beside_its_message_wins", "test_a_deletion_before_the_record_of_the_post",
    ),
    "posting once": (
        "test_one_key_is_one_message_for_a_while", "test_a_send_that_broke_off_is_not_repeated",
        "test_a_thread_that_is_there_is_what_is_wanted", "test_a_post_that_is_found_without_its_thread_gets_it",
        "test_a_forum_post_is_found_again", "test_discord_is_down_at_the_time_of_the_question",
    ),
    "sync": (
        "test_commands_are_registered_once", "test_the_installed_program_serves_discord",
        "test_commands_that_stand_twice", "test_commands_that_are_out_of_date",
    ),
    "threads": (
        "test_an_archived_thread_is_no_obstacle", "test_a_locked_thread_is_a_definite_no",
        "test_a_thread_outlives_its_first_message", "test_a_thread_that_somebody_removed_is_begun_again",
        "test_a_thread_out_of_the_archive_is_known", "test_a_group_lives_in_a_forum",
        "test_a_removed_thread_takes_no_answer_back", "test_a_thread_that_a_member_began_is_the_posts",
        "test_a_thread_that_is_closed_for_good_closes_no_channel",
    ),
    "permissions per channel": (
        "test_missing_permissions_are_named_before_anything_is_sent",
        "test_missing_permissions_pause_that_group_alone", "test_setting_up_names_what_is_missing",
        "test_a_place_that_is_closed_is_told_apart", "test_permissions_that_are_missing",
    ),
    "every guild at nine": ("test_everybody_is_posted_to_in_the_end", "test_a_limit_is_told_and_not_waited_out"),
    "user text": (
        "test_everyone_is_never_pinged", "test_nobody_is_pinged", "test_long_text_is_cut_between_paragraphs",
        "test_a_fence_that_is_cut_is_closed_and_opened_again", "test_nothing_is_linked_or_drawn_by_itself",
        "test_automatic_moderation_refuses_a_message", "test_machines_are_not_heard",
    ),
    "ephemeral messages": (
        "test_an_edit_that_cannot_be_read_can_still_be_used", "test_every_command_says_where_it_is_used",
        "test_what_is_private_is_never_said_openly",
        "test_private_feedback_waits_for_who_takes_no_direct_messages",
    ),
    "rights of members": ("test_only_whoever_manages_the_server_sets_up",),
    "closing": ("test_a_stop_leaves_without_a_trace", "test_a_stop_while_reviews_run_on_discord"),
    "one odd payload": ("test_an_event_that_nobody_understands", "test_frames_that_are_no_json"),
    "retries of discord.py": ("test_a_send_that_broke_off_is_not_repeated", "test_an_acknowledgement_that_broke_off"),
    "message content": (
        "test_plain_words_need_the_intent", "test_a_message_that_mentions_the_bot_is_an_answer",
        "test_a_reply_to_the_bot_is_an_answer", "test_an_intent_that_is_not_allowed",
        "test_with_the_intent_plain_words_count_and_edits_are_followed",
        "test_a_counted_message_does_not_name_the_bot",
    ),
}  # fmt: skip
FAULTS: Mapping[str, tuple[str, ...]] = {
    "late interaction (10062)": ("test_an_answer_that_comes_too_late_comes_directly",),
    "expired token": ("test_an_answer_after_fifteen_minutes_comes_directly",),
    "unsynced or renamed command": ("test_a_command_that_discord_still_offers_is_explained",),
    "missing permissions (50001, 50013)": ("test_missing_permissions_pause_that_group_alone",),
    "archived and locked threads (50083, 160005)": (
        "test_an_archived_thread_is_no_obstacle", "test_a_locked_thread_is_a_definite_no",
    ),
    "thread exists (160004)": ("test_a_thread_that_is_there_is_what_is_wanted",),
    "deleted starter message": ("test_a_thread_outlives_its_first_message",),
    "kicked bot": ("test_the_bot_is_removed_from_the_server",),
    "member left": ("test_a_member_who_left_holds_nobody_up",),
    "automod refusal (200000)": ("test_automatic_moderation_refuses_a_message",),
    "Cloudflare 429": ("test_a_limit_is_told_and_not_waited_out", "test_a_limit_of_the_whole_bot_stops_every_call"),
    "gateway resume duplicates": ("test_a_resumed_connection_brings_events_twice",),
    "two processes on one token": (
        "test_two_processes_with_one_token", "test_a_deploy_with_both_versions_running",
    ),
    "content blank without the intent": (
        "test_plain_words_need_the_intent", "test_an_edit_that_cannot_be_read_can_still_be_used",
    ),
    "modal open across a restart": ("test_a_modal_outlives_a_restart",),
    "@everyone in names and answers": ("test_everyone_is_never_pinged",),
}  # fmt: skip


@pytest.fixture
async def case(valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url) as opened:
        yield opened


@pytest.mark.parametrize("table", [GOTCHAS, FAULTS], ids=["gotchas", "faults"])
def test_every_discord_gotcha_has_its_tests(table: Mapping[str, tuple[str, ...]]) -> None:
    """Each gotcha and each fault names tests, and each test that is named is there."""
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    written = {name for text in files for name in re.findall(r"^(?:async )?def (test_\w+)", text, flags=re.MULTILINE)}
    assert [each for each, names in table.items() if not names] == []
    assert [name for names in table.values() for name in names if name not in written] == []


async def test_a_slow_model_delays_no_interaction(valkey_url: str) -> None:
    """While the model is asked, and while its long reply comes in, what members do is answered in time."""
    async with AnthropicServer().running() as model, running(valkey_url, anthropic_base_url=model.url) as case:
        post = await case.posted()
        model.script(Reply(delay_s=4.0))
        await case.asha.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.answered()
        judging = asyncio.create_task(case.core.worker.drain())
        took_s = []
        while not judging.done():
            took_s.append((await case.ben.slash("tpm-help", case.study)).took_s or 3.0)
            await asyncio.sleep(0.05)
        await judging
        assert len(case.replies(post)) == 1
        assert len(took_s) > 5
        assert max(took_s) < 3.0


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (3, {"custom_id": "somebody-elses", "component_type": 2}),
        (3, {"custom_id": "9:no-such-action", "component_type": 2}),
        (5, {"custom_id": "somebody-elses", "components": []}),
        (2, {"name": "Get feedback", "type": 2, "id": "1", "target_id": "2"}),
        (99, {"name": "made-up-tomorrow"}),
    ],
)
async def test_what_is_not_ours_is_left_alone(case: Case, kind: int, data: dict[str, Any]) -> None:
    """What another library or next year's Discord brings ends and changes nothing; what is ours works after it."""
    known = await case.ben.slash("tpm-help", case.study)
    body = {**known.payload, "id": case.discord.hub.new_id(), "token": "made-up", "type": kind, "data": data}
    case.discord.gateway.emit("INTERACTION_CREATE", body, guild_id=GUILD_ID)
    await case.answered()
    assert (await case.ben.slash("tpm-help", case.study)).failure is None
    assert await case.core.ports.groups.at(PLACE) is None
    assert [each.shown for each in case.study.messages.values()] == []


async def test_a_deletion_before_the_record_of_the_post(case: Case) -> None:
    """Who is quicker than the record of the post is waited for, also with a deletion: the bot began that thread."""
    post = await case.posted()
    young = deleted("1", MemberId("2"), PLACE, post.id, case.clock.now())
    assert young.caller.fresh_thread
    old = deleted("1", MemberId("2"), PLACE, post.id, case.clock.now().replace(year=2027))
    assert not old.caller.fresh_thread


async def test_a_thread_out_of_the_archive_is_known(case: Case) -> None:
    """An answer counts in a thread that was archived when the session began, of which the gateway had not told."""
    post = await case.posted()
    case.discord.set_thread(case.discord.hub.world.channels[post.id], archived=True)
    await case.discord.gateway.drop(forget=True)
    await case.discord.until(lambda: case.platform.ready() and case.discord.gateway.is_connected)
    await case.answered()
    await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    await case.settle()
    assert await case.answer_of("2") == ANSWER


async def test_everybody_is_posted_to_in_the_end(case: Case) -> None:
    """When many groups are due at once and Discord asks to wait, each has its one question at last."""
    channels = [case.discord.channel(str(3000 + number)) for number in range(6)]
    for channel in channels:
        group = await case.group(Place("discord", GUILD_ID, channel.id), at="10:00")
        assert group.place.channel == channel.id
    case.discord.fail(SEND, *[rate_limited(2.0)] * 9)
    for _ in range(8):
        case.clock.move_to(max(case.clock.now(), START.replace(hour=9)) + timedelta(seconds=3))
        await case.settle()
    assert [len([each for each in channel.messages.values() if each.labels]) for channel in channels] == [1] * 6
    assert [case.discord.hub.world.threads(channel.id) != [] for channel in channels] == [True] * 6


@pytest.mark.parametrize("author", [{"bot": True}, {"system": True}, {}])
async def test_machines_are_not_heard(case: Case, author: dict[str, bool]) -> None:
    """What another bot, Discord itself or a webhook writes in the thread is no answer, even if it mentions the bot."""
    post = await case.posted()
    said = await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    await case.ben.delete(said)
    await case.settle()
    body = case.discord.hub.body(said)
    about = {**body, "id": case.discord.hub.new_id(), "author": {**body["author"], **author}, "guild_id": GUILD_ID}
    event = about if author else {**about, "webhook_id": "77"}
    case.discord.gateway.emit("MESSAGE_CREATE", event, guild_id=GUILD_ID)
    await case.settle()
    assert await case.answer_of("2") is None
    assert case.replies(post) == []


async def test_a_counted_message_does_not_name_the_bot(case: Case) -> None:
    """Count as my answer takes the words of a message without the mention by which the bot could read it."""
    post = await case.posted()
    talk = await case.ben.say(case.study, "@tpm I would ask the nurses first.", thread=post)
    await case.settle()
    await case.ben.use_menu("Count as my answer", talk)
    await case.settle()
    assert await case.answer_of("2") == "I would ask the nurses first."
