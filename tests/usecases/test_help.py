from __future__ import annotations

from tests.usecases.study import ANSWER, MONDAY, Study, form, text_of


async def test_help_promises_feedback_where_a_model_reads(judged: Study) -> None:
    """Where a model is set up, help says that feedback comes in about a minute."""
    shown = text_of(await judged.command("ben", "/tpm-help"))
    assert "In about a minute you get feedback: what held" in shown
    assert "No model" not in shown


async def test_help_promises_no_feedback_without_a_model(opened: Study) -> None:
    """Where no model is set up, help promises the card to check it yourself, and says that nothing is judged."""
    shown = text_of(await opened.command("ben", "/tpm-help"))
    assert "In about a minute you get a card to check it yourself" in shown
    assert "No model is set up here, so nothing is judged." in shown
    assert "get feedback" not in shown


async def test_a_saved_answer_is_promised_feedback_where_a_model_reads(judged: Study) -> None:
    """Where a model is set up, the receipt of an answer by form promises feedback and not a self-check."""
    key = form(await judged.command("ben", "/tpm-answer")).fields[0].key
    saved = text_of(await judged.submit("ben", MONDAY, {key: ANSWER}))
    assert saved == "Saved. It counts for today. Feedback comes in about a minute."
