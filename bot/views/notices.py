"""Short notices and refusals: what happened, whether the words are safe, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.cards import Attachment, Bold, Button, Buttons, Card, Heading, Own, Text
from bot.domain.answer import FEWEST_CJK_CHARS, FEWEST_WORDS, MOST_CHARS, Measure
from bot.domain.group import Group
from bot.domain.picks import Dry
from bot.domain.post import Post
from bot.domain.question import Question
from bot.views.when import day_text, moment

NO_GROUP = "This channel has no study group yet. Whoever manages the channel can start one with /tpm-admin setup."
INVITE_ME = (
    "I am not in this channel yet, so I could not post here. Type /invite and my name, then /tpm-admin setup again. "
    "Nothing was changed."
)
EDIT_UNREAD = (
    "I cannot read an edited message here, so your answer still has its old text. To use the new one, open the menu of "
    "your message (press and hold it, or right-click), then Apps, then Count as my answer. "
    "Or press the button and paste it."
)
MESSAGE_UNREAD = (
    "I cannot read plain messages here, so what you wrote in the thread is not counted; it stands where it is. If it "
    "is your answer, open its menu (press and hold it, or right-click), then Apps, then Count as my answer. Or press "
    "the button for a form. I do read a message that mentions me. I say this only once."
)
FILE_UNREAD = (
    "What you wrote in the thread came as a file. I do not open files, so it is not counted; the file stands where it "
    "is. If it is your answer, press the button and paste the text into the form. I say this only once."
)
TOO_LATE = "That reached me too late, so I did nothing. Please try it once more."
NO_DIRECT_WAY = (
    "I had something to show to one of you alone, and your settings do not let me write to you directly. "
    "The commands here show it: /tpm-help lists them."
)
WORDS_BACK = (
    "Not saved: my memory does not answer. What you typed is in the file below. "
    "Please open the form and send it again in a minute."
)
NOT_ADMIN = "Only an admin of this group can do that. Nothing was changed."
NOT_FACILITATOR = "Only a facilitator or an admin of this group can do that. Nothing was changed."
NO_OPEN_QUESTION = "No question has been posted here yet. /tpm-question shows when the first one comes."
TOO_LONG_FOR_FORM = (
    "Your answer is saved, and it is longer than a form can hold. To change it, edit your message in the thread."
)
QUESTION_GONE = "That question is no longer in the bank. /tpm-question shows today's."
NO_OTHER_PRACTICE = "That is the only question on this topic for now. /tpm-question with another topic finds more."
NO_QUESTION_LEFT = "The bank has no question that is ready. Nothing was posted."
POST_UNSURE = (
    "The chat did not answer in time, so I do not know yet whether the question stands. "
    "I look again in half a minute, and post it then if it does not."
)
NO_WORDS = "I found no words in that message, so it cannot be an answer. Your message stays where it is."
TALK_GONE = "I no longer have that message. To answer now, write in the thread or open the form with /tpm-answer."
ALREADY_COUNTED = "That message is part of your answer already."
NO_FEEDBACK_YET = "There is no answer of yours to give feedback on yet. Answer in the thread or with /tpm-answer."
NOTHING_CHANGED = "Your answer has not changed since its feedback. Edit it first, then ask again."
READING_AGAIN = "I am looking at your newest text. The card with your feedback changes when that is done."
FEEDBACK_COMING = "Your answer is saved. Its feedback is on the way."
FEEDBACK_NOT_ASKED = "Your answer is saved. To get feedback on it, type /tpm-feedback again."
QUIET_FORM = "Write quiet hours as two times with a dash, such as 21:00-08:00, or off. Nothing was changed."
AWAY_FORM = "Write one date or two, such as 2026-12-01 2026-12-05, or off. Nothing was changed."
TOO_MANY_AWAY = "Too many away dates lie ahead already. Clear them with /tpm-me away off. Nothing was changed."
FEEDBACK_FORM = "Write on or off. Nothing was changed."
PROBES_FORM = "Write probes on or probes off. Nothing was changed."
FORGET_AGAIN = (
    "Not everything could be removed: the chat did not answer. Your stored data still stands. "
    "Please ask again in a few minutes."
)
ANSWER_FIRST = (
    "This question is sealed: you can read the others' answers when yours is in, or when it closes. "
    "Press Answer below the question, or type /tpm-answer."
)
NOT_SEALED = "Nothing is hidden here: the answers to this question stand in its thread."
FORGET_CANCELLED = "Nothing was erased."
NOT_IN_A_THREAD = "That message is not in the thread of a question, so I cannot do anything with it."
NOT_YOUR_MESSAGE = "That message is somebody else's. Only its author can count it or get feedback on it."
PROBE_LATER = "Answer the question first. Then I ask you one that goes further."
NO_PROBE = "I have no further question about this one. Your feedback shows what to work on next."
LOADING = Card("loading", (Heading("One moment"), Text(("I am getting it. This takes a few seconds.",))))
FORM_TOO_LATE = "The form could not be opened in time. Please try that once more."
WEEK_IS_OVER = "Nothing of that week is left to decide, so nothing was changed. /tpm-admin schedule shows what comes."
EXPIRED = "That button no longer does anything. Type the command again."

NO_MODEL = "No model is set up here, so nothing was judged."
NOT_JUDGED = "No model judged this."
OVER_BUDGET = "Today's budget for feedback is used up, so nothing was judged."
MODEL_DECLINED = "The model would not read this answer, so nothing was judged. A person in the group still can."
MODEL_BUSY = "The model is busy, so nothing is judged yet."
MODEL_DOWN = "The model cannot be reached, so nothing is judged yet."

STORE_DOWN_WORDS = (
    "Not saved: my memory does not answer. Your words are still in front of you; please send them again in a minute."
)
STORE_DOWN = "My memory does not answer, so I could not do that. Nothing was changed. Please try again in a minute."
WENT_WRONG = "Something went wrong on my side, and it is in the log. What was saved before is safe. Please try again."


def notice(text: str, kind: str = "notice") -> Card:
    """A card that is one sentence or two."""
    return Card(kind, (Text((text,)),))


def refusal(text: str) -> Card:
    """What could not be done, and why."""
    return notice(text, "refusal")


def lacks_here(lacks: Sequence[str]) -> str:
    """Refuses to start a group where the bot could not post."""
    return (
        f"I could not post here yet. I need: {', '.join(lacks)}. Whoever manages the server can give me that in the "
        "channel's settings. Then type the command again. Nothing was changed."
    )


def words_back(typed: Mapping[str, str], why: str = WORDS_BACK) -> Card:
    """Gives back what somebody typed into a form that is closed and could not be saved; form field -> text."""
    words = "\n\n".join(f"## {key}\n{text}" for key, text in typed.items() if text.strip())
    return replace(refusal(why), file=Attachment("not-saved.md", words.encode()))


def edit_unread(day: date) -> Card:
    """For somebody whose edited message cannot be read."""
    button = Button("Use my edited text", f"answer:{day}")
    return Card("edit-unread", (Text((EDIT_UNREAD,)), Buttons((button,))))


def message_unread(day: date) -> Card:
    """For somebody whose message in a thread cannot be read."""
    return Card("message-unread", (Text((MESSAGE_UNREAD,)), Buttons((Button("Answer", f"answer:{day}"),))))


def file_unread(day: date) -> Card:
    """For somebody whose long message a platform made a file."""
    return Card("message-unread", (Text((FILE_UNREAD,)), Buttons((Button("Answer", f"answer:{day}"),))))


def reading(name: str) -> str:
    """A passing line while the model reads."""
    return f"Reading {name}'s answer"


def too_long(chars: int) -> str:
    """Refuses a text that is too long; a part of an answer is never stored."""
    return (
        f"That is {chars:,} characters; I take {MOST_CHARS:,} at most. I kept none of it: "
        "your message still stands. Please send a shorter one."
    )


def too_short(size: Measure) -> str:
    """Why a form came back."""
    return f"{found(size)} What you typed is kept."


def found(size: Measure) -> str:
    """How much is there, and how much an answer needs."""
    words = f"{size.words} {'word' if size.words == 1 else 'words'}"
    if size.cjk_chars and size.words:
        need = f"{FEWEST_WORDS} words or {FEWEST_CJK_CHARS} such characters, or some of both"
        return f"I count {words} and {size.cjk_chars} characters of scripts without spaces. An answer needs {need}."
    if size.cjk_chars:
        return f"I count {size.cjk_chars} characters. An answer in this script needs {FEWEST_CJK_CHARS}."
    return f"I count {words if size.words else 'no words'}. An answer needs {FEWEST_WORDS}."


def already_posted(day: date) -> str:
    """Refuses a second post on one day."""
    return f"The question for {day_text(day)} is already posted, and a day has one question. Nothing was posted."


def no_practice(topic: str | None, level: int | None) -> str:
    """No question is like that."""
    return f"The bank has no question for {_wish(topic, level)}. Try another topic or level."


def kept_for_the_group(topic: str | None, level: int | None) -> str:
    """All that are like that are about to be asked."""
    return (
        f"What is left for {_wish(topic, level) or 'practice'} will be asked here in the next weeks, "
        "so I keep it for then. Try another topic or level."
    )


def _wish(topic: str | None, level: int | None) -> str:
    return " and ".join(part for part in (topic, f"level {level}" if level else None) if part)


def day_is_missed(day: date) -> str:
    """Refuses to post for a day that is recorded as missed."""
    return (
        f"The question of {day_text(day)} was missed, and the day is recorded so: neutral for every streak. "
        "Nothing was posted. /tpm-admin schedule shows when the next one comes."
    )


def missed_days(first: date, last: date) -> str:
    """For facilitators: a day without a post, or all of an outage."""
    if first == last:
        return (
            f"No question was posted on {day_text(last)}: I was not running at its time and it is too late now. "
            "The day is neutral for every streak."
        )
    return (
        f"No question was posted from {day_text(first)} to {day_text(last)}: I was not running at their times and it "
        "is too late now. These days are neutral for every streak."
    )


def bank_empty(day: date) -> str:
    """For facilitators: nothing to post."""
    return (
        f"No question was posted on {day_text(day)}: the bank has none that is ready. The day is neutral for streaks."
    )


def bank_dry(group: Group, dry: Dry, day: date) -> str:
    """For facilitators: from `day` on no question is left that the group wants and was never asked."""
    when = f"From {day_text(day)} on, {group.name} has no question left that"
    match dry:
        case Dry.OUTSIDE:
            return (
                f"{when} fits its levels and topics. I go on with the rest of the bank, so no day is skipped. "
                "/tpm-admin schedule changes the levels and topics."
            )
        case Dry.AGAIN:
            return f"{when} was not asked yet. I go on with those that were asked longest ago, so no day is skipped."
        case Dry.EMPTY:
            return f"{when} is ready, and nothing can be posted. Please add some, or take some back into the bank."


def inbox_waits(group: Group) -> str:
    """For facilitators, once a day: something needs a human."""
    return (
        f"Something in {group.name} needs you: an answer that nobody has reviewed in time, or a review that was "
        "flagged. /tpm-admin inbox shows it."
    )


def place_closed(group: Group, lacks: str = "") -> str:
    """For facilitators: the group has lost its channel. `lacks`: the permissions that are missing, if that is why."""
    if lacks:
        return (
            f"I cannot post in {group.name} any more. I need there: {lacks}. "
            "The group is paused, and nothing that members wrote is lost. "
            "When I have these permissions, /tpm-admin resume starts it again."
        )
    return (
        f"I cannot post in {group.name} any more: I was removed from the channel, or it was archived or deleted. "
        "The group is paused, and nothing that members wrote is lost. "
        "When I am back in the channel, /tpm-admin resume starts it again."
    )


def which_group(names: Sequence[str]) -> str:
    """Refuses to guess among the groups of a member."""
    return f"You are in several study groups: {', '.join(names)}. Type the command in the channel of the one you mean."


def probe(ask: str) -> Card:
    """One question that goes further, for one member."""
    return Card("probe", (Text((Bold("Think about this: "), Own(ask))),))


GIVEN_UP: Mapping[str, str] = {
    "post": "a daily question",
    "erase": "erasing a member",
    "review": "feedback on an answer",
    "share": "showing a form answer",
    "redraw": "bringing a card up to date",
    "remind": "a reminder",
    "audit": "a second look at a daily question",
    "notice": "a notice to a facilitator",
    "walk": "a walkthrough",
    "tally": "the number of answers in a post",
    "reveal": "showing the answers to a sealed question",
    "round": "asking for peer reviews",
    "duties": "looking after peer reviews",
    "given": "showing a review",
    "told": "telling a reviewer what became of a review",
    "shot": "judging a second shot",
    "decided": "telling a member what a facilitator decided",
    "settled": "telling a member what became of a suggestion",
    "variant": "a variant of a question",
    "propose": "the proposal for a week",
    "ask": "asking a member for reviews",
    "nudge": "a reminder of owed reviews",
}
"""Kind of work on the agenda -> what members or facilitators did not get."""


def job_dead(kind: str) -> str:
    """For facilitators: work that was given up."""
    return (
        f"I gave up on {GIVEN_UP.get(kind, 'a task')} after three tries. Nothing that members wrote is lost. "
        "/tpm-admin doctor shows what is wrong."
    )


def away_backwards(first: date, last: date) -> str:
    """Refuses a stay that ends before it begins."""
    return f"The last day comes before the first. Write them in order, such as {last} {first}. Nothing was changed."


def away_past(today: date) -> str:
    """Refuses a stay that is over."""
    return (
        "Those days are over. Away dates cannot be added afterwards, only from today on, such as "
        f"{today}. Nothing was changed."
    )


def many_such_members(name: str, ids: Sequence[str]) -> str:
    """Refuses a name that several have, for an operator."""
    return f"Several members are called {name.strip()[:40]}. Say which by id: {', '.join(ids)}. Nothing was changed."


def no_such_member(name: str, known: Sequence[str]) -> str:
    """Refuses a name that nobody has."""
    shown = ", ".join(sorted(known)[:10])
    return f"Nobody here is called {name.strip()[:40]}. Members: {shown or 'none yet'}. Nothing was changed."


def reminder(question: Question, post: Post, group: Group) -> Card:
    """A direct message on a day with an open question."""
    closes = (moment(post.closes_at, group),) if post.closes_at else ()
    return Card(
        "reminder",
        (
            Text(("The question in ", group.name, " is still open: ", question.title, ". It closes ", *closes, ".")),
            Text(("Turn reminders off with /tpm-me reminders off.",)),
        ),
    )
