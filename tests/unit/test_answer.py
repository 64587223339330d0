from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import FREE_TEXT, Answer, Part, as_form_parts, edited, joined, measure, qualifies, without
from bot.domain.group import MemberId

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BLANKS = ["", "  \n\t", "\u200b\u2060", "\u202e \u3164"]

parts = st.builds(
    Part,
    message_id=st.sampled_from(["m1", "m2", "m3", "m4"]),
    text=st.sampled_from(["one", "two", "three"]),
    sent_at=st.integers(0, 600).map(lambda s: NOON + timedelta(seconds=s)),
    section=st.sampled_from([None, "s1", "s3"]),
)


def part(message_id: str, text: str = "text", minute: int = 0, section: str | None = None) -> Part:
    return Part(message_id, text, NOON + timedelta(minutes=minute), section)


def answer(*of: Part, version: int = 1) -> Answer:
    return Answer(member_id=MemberId("asha"), day=date(2026, 11, 23), parts=of, version=version)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    unique = st.lists(parts, min_size=1, max_size=5, unique_by=lambda each: (each.message_id, each.section))
    chosen = sorted(draw(unique), key=lambda each: each.sent_at)
    return answer(*chosen, version=draw(st.integers(1, 9)))


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("word " * 40, True),
        ("word " * 39, False),
        ("模" * 80, True),
        ("模" * 79, False),
        ("模" * 60 + " RAG" * 10, True),
        ("模" * 60 + " RAG" * 9, False),
        ("w\u200bo\u200br\u200bd " * 39 + "\u200b " * 40, False),
        ("🙂 " * 500, False),
        ("... --- " * 500, False),
        ("x" * 40_000, False),
        ("", False),
        ("\0\ud800", False),
    ],
)
def test_an_answer_has_forty_words_or_eighty_characters(text: str, enough: bool) -> None:
    """Forty words, eighty characters of a script without blanks, or a mix that adds up to one of them qualify."""
    assert qualifies(text) is enough


@given(
    st.lists(
        st.sampled_from(["word", "3.5", "don't", "a-b", "\u200b", "5", "e\u0301", "\u4e2d\u6587", "\U0001f44d", "x."]),
        max_size=90,
    )
)
def test_the_quick_look_agrees_with_the_full_count(tokens: list[str]) -> None:
    """What the quick look takes for an answer is one by the full count too."""
    text = " ".join(tokens)
    size = measure(text)
    assert qualifies(text) == (size.words / 40 + size.cjk_chars / 80 >= 1)


def test_a_form_gives_one_part_a_filled_field() -> None:
    """Each field with words becomes a part with its key, in the form's order; blank ones are left out."""
    values = {"s3": "design", "s1": " \u200b", FREE_TEXT: "more", "s6": ""}
    assert as_form_parts(values, "m1", NOON) == (
        part("m1", "design", section="s3"),
        part("m1", "more", section=FREE_TEXT),
    )


@pytest.mark.parametrize("blank", BLANKS)
def test_a_form_without_words_gives_nothing(blank: str) -> None:
    """A form whose fields hold only blanks or invisible characters has no parts."""
    assert as_form_parts({"s1": blank, FREE_TEXT: blank}, "m1", NOON) == ()


def test_a_later_message_joins_at_its_place_in_time() -> None:
    """Parts stand in the order in which they were sent, however late one of them arrives."""
    whole = joined(joined(answer(part("m2")), part("m1", "last", 5)), part("m3", "middle", 2))
    assert [each.message_id for each in whole.parts] == ["m2", "m3", "m1"]
    assert (whole.text, whole.version) == ("text\nmiddle\nlast", 3)


@given(answers())
def test_a_message_joins_once(before: Answer) -> None:
    """A message that is in the answer already changes nothing, whatever it says now."""
    known = before.parts[0]
    assert joined(before, Part(known.message_id, "other", NOON, known.section)) is before


@given(answers(), parts)
def test_a_join_keeps_what_was_there(before: Answer, new: Part) -> None:
    """A new message adds itself and one version, and leaves the old answer as it was."""
    copy = answer(*before.parts, version=before.version)
    after = joined(before, new)
    assert before == copy
    if after is not before:
        assert set(after.parts) == {*before.parts, new}
        assert after.version == before.version + 1


@given(answers(), st.sampled_from(["m1", "m2", "m3", "m4"]), st.sampled_from(["one", "new", *BLANKS]))
def test_an_edit_replaces_the_text_of_its_message(before: Answer, message_id: str, text: str) -> None:
    """After an edit the message says the new text once, other messages say what they said, and blank text is gone."""
    others = [each for each in before.parts if each.message_id != message_id]
    after = edited(before, message_id, text)
    left = [each for each in after.parts if each.message_id != message_id] if after else []
    mine = [each.text for each in after.parts if each.message_id == message_id] if after else []
    assert left == others
    if len(others) == len(before.parts) or text in BLANKS:
        assert mine == []
    else:
        assert mine == [text]


@given(answers(), st.sampled_from(["m1", "m2", "m3", "m4"]), st.sampled_from(["one", "two", "new"]))
def test_an_edit_that_changes_nothing_is_no_new_version(before: Answer, message_id: str, text: str) -> None:
    """The same object comes back exactly when the parts are the same; otherwise the version goes up by one."""
    after = edited(before, message_id, text)
    assert after is not None
    assert (after is before) == (after.parts == before.parts)
    assert after.version == before.version + (after is not before)


def test_an_edit_keeps_the_section_of_a_single_field() -> None:
    """A field that stood alone keeps its section, and fields that shared a message become one text without any."""
    assert edited(answer(part("m1", section="s3")), "m1", "new") == answer(part("m1", "new", section="s3"), version=2)
    both = answer(part("m1", "a", section="s1"), part("m1", "b", section="s3"), part("m2", "c", 1))
    assert edited(both, "m1", "new") == answer(part("m1", "new"), part("m2", "c", 1), version=2)


@given(answers(), st.sampled_from(["m1", "m2", "m3", "m4"]))
def test_a_withdrawn_message_leaves_the_others(before: Answer, message_id: str) -> None:
    """Taking a message out leaves the others in order and one version more, nothing at all, or the same object."""
    others = tuple(each for each in before.parts if each.message_id != message_id)
    after = without(before, message_id)
    if len(others) == len(before.parts):
        assert after is before
    elif others:
        assert after == answer(*others, version=before.version + 1)
    else:
        assert after is None


def test_edits_and_withdrawals_in_any_order_end_alike() -> None:
    """Editing one message and withdrawing another give the same parts in either order."""
    before = answer(part("m1", "a"), part("m2", "b", 1), part("m3", "c", 2))
    one, other = without(before, "m2"), edited(before, "m3", "new")
    assert one is not None
    assert other is not None
    assert edited(one, "m3", "new") == without(other, "m2")
