"""The command table: every platform declares, completes and documents commands from here."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Reply
from bot.commands import admin, facilitator, member, peers
from bot.commands.spec import Argument, Audience, CommandSpec, Context, Kind, nearest
from bot.domain.group import WINDOWS_H, Mode
from bot.errors import Refusal
from bot.usecases.facilitating import manage_group
from bot.usecases.peers.peer_rules import NAMES, ON_OFF, STATES
from bot.views.members import help_card

ADMIN_VERBS: tuple[CommandSpec, ...] = (
    CommandSpec(
        name="setup",
        summary="start the group of this channel, or change its settings in a form",
        arguments=(
            Argument("zone", Kind.ZONE, "time zone, such as Europe/Paris"),
            Argument("at", Kind.TIME, "time of the question, such as 09:00"),
            Argument("days", Kind.DAYS, "weekdays, such as mon-fri"),
            Argument("window", Kind.CHOICE, "hours an answer counts", tuple(map(str, WINDOWS_H))),
            Argument(
                "mode",
                Kind.CHOICE,
                "how answers and feedback are shown",
                tuple(mode.value for mode in Mode),
                former="feedback",
            ),
        ),
        audience=Audience.ADMIN,
        run=admin.setup,
        opens_form=True,
    ),
    CommandSpec(
        name="schedule",
        summary="show the next dates, or change time, zone, days, levels or topics",
        arguments=(
            Argument("at", Kind.TIME, "time, such as 08:30"),
            Argument("zone", Kind.ZONE, "time zone"),
            Argument("days", Kind.DAYS, "weekdays"),
            Argument("levels", Kind.LEVEL, "levels of the questions, such as 1,2; or all"),
            Argument("topics", Kind.TOPIC, "topics of the questions, such as rag,evals; or all"),
        ),
        audience=Audience.ADMIN,
        run=admin.schedule,
    ),
    CommandSpec(
        name="preview",
        summary="see the next question before it is posted",
        audience=Audience.FACILITATOR,
        run=admin.on_group(manage_group.preview),
    ),
    CommandSpec(
        name="post-now",
        summary="post today's question at once",
        audience=Audience.FACILITATOR,
        run=admin.on_group(manage_group.post_now),
    ),
    CommandSpec(
        name="skip",
        summary="post nothing on a date, by default the next one; unskip takes it back",
        arguments=(Argument("date", Kind.DAY, "such as 2026-12-24, tomorrow or fri"),),
        audience=Audience.FACILITATOR,
        run=admin.skip,
    ),
    CommandSpec(
        name="unskip",
        summary="take a skip back: the question of that date comes after all",
        arguments=(Argument("date", Kind.DAY, "a skipped date, such as 2026-12-24"),),
        audience=Audience.FACILITATOR,
        run=admin.unskip,
    ),
    CommandSpec(
        name="pause",
        summary="post nothing until resumed",
        audience=Audience.FACILITATOR,
        run=admin.on_group(manage_group.pause),
    ),
    CommandSpec(
        name="resume",
        summary="post again",
        audience=Audience.FACILITATOR,
        run=admin.on_group(manage_group.resume),
    ),
    CommandSpec(
        name="reviews",
        summary="peer reviews: on, off or by themselves; with names or without; give to get",
        arguments=(
            Argument("state", Kind.CHOICE, "on, off, or auto: from three active members on", tuple(STATES)),
            Argument("names", Kind.CHOICE, "whether the reviewer's name is shown", tuple(NAMES)),
            Argument("give", Kind.CHOICE, "whether who gives a review sees theirs first", tuple(ON_OFF)),
        ),
        audience=Audience.ADMIN,
        run=peers.rules,
    ),
    CommandSpec(
        name="queue",
        summary="what comes next and why; pin a question to a date, move or remove one",
        arguments=(
            Argument("action", Kind.CHOICE, "what to change", ("pin", "move", "remove")),
            Argument("question", Kind.QUESTION, "a question's id; to move or remove, the date it stands on"),
            Argument("date", Kind.DAY, "the date to put it on"),
        ),
        audience=Audience.FACILITATOR,
        run=facilitator.queue,
    ),
    CommandSpec(
        name="bank",
        summary="the questions: list, show, add, edit, retire, unretire, export",
        arguments=(
            Argument("action", Kind.CHOICE, "what to do", facilitator.BANK_ACTIONS),
            Argument("what", Kind.QUESTION, "a question's id; a topic to list; md, csv or json to export"),
        ),
        audience=Audience.FACILITATOR,
        run=facilitator.bank,
        opens_form=True,
    ),
    CommandSpec(
        name="inbox",
        summary="what waits for you, such as questions that members suggest",
        audience=Audience.FACILITATOR,
        run=facilitator.inbox,
    ),
    CommandSpec(
        name="members",
        summary="who takes part; with a name: make that member a facilitator, or end it",
        arguments=(Argument("name", Kind.MEMBER, "a member's name"),),
        audience=Audience.FACILITATOR,
        run=admin.members,
    ),
    CommandSpec(
        name="doctor",
        summary="check everything, with a fix for what is wrong",
        audience=Audience.FACILITATOR,
        run=admin.on_group(manage_group.doctor),
    ),
)


async def _help(context: Context, arguments: Mapping[str, str]) -> Reply:
    administers = context.caller.may_administer or context.group.is_admin(context.member.id)
    facilitates = administers or context.group.may_facilitate(context.member.id)
    shown = [spec for spec in COMMANDS if spec.audience is Audience.MEMBER or facilitates]
    topic = arguments.get("topic", "").lstrip("/").lower()
    for spec in shown if topic else ():
        if topic in {spec.name, spec.name.removeprefix("tpm-")}:
            return help_card.one(spec.usage, spec.summary, [(row.usage, row.summary) for row in spec.verbs or ()])
    for verb in ADMIN_VERBS if facilitates else ():
        if topic == verb.name:
            return help_card.one(f"tpm-admin {verb.usage}", verb.summary, [])
    if topic:
        raise Refusal(help_card.unknown_command(topic, nearest(f"tpm-{topic}", [spec.name for spec in shown])))
    rows = [(spec.usage, spec.summary) for spec in shown]
    return help_card.overview(rows, context.group, judged=context.ports.reviewer is not None)


COMMANDS: tuple[CommandSpec, ...] = (
    CommandSpec(
        name="tpm-question",
        summary="today's question and what you have done; with a topic or level, an extra one to practise",
        arguments=(
            Argument("topic", Kind.TOPIC, "a topic, such as rag-systems"),
            Argument("level", Kind.LEVEL, "1 warm-up, 2 core, 3 stretch"),
        ),
        run=member.question,
    ),
    CommandSpec(name="tpm-answer", summary="the answer form for the open question", run=member.answer, opens_form=True),
    CommandSpec(
        name="tpm-feedback",
        summary="your last feedback in full; again judges your edited answer",
        arguments=(Argument("action", Kind.CHOICE, "again: judge my edited answer", ("again",)),),
        run=member.feedback,
    ),
    CommandSpec(
        name="tpm-review",
        summary="the answers you are asked to review, with the form",
        run=peers.review,
    ),
    CommandSpec(name="tpm-streak", summary="your streak and the days that explain it", run=member.streak),
    CommandSpec(
        name="technical-pm",
        summary="a researched walkthrough of any question, about 2,500 words with sources",
        arguments=(
            Argument("question", Kind.TEXT, "the question"),
            Argument(
                "action",
                Kind.CHOICE,
                "fresh: write it anew; share: put it into the channel",
                ("fresh", "share"),
            ),
        ),
        run=member.walkthrough,
    ),
    CommandSpec(
        name="tpm-suggest",
        summary="suggest a question to the facilitators",
        arguments=(Argument("text", Kind.TEXT, "the question"),),
        run=member.suggest,
    ),
    CommandSpec(
        name="tpm-me",
        summary="your settings and data: reminders, quiet hours, away dates, reviewers, export, forget me",
        arguments=(
            Argument(
                "action",
                Kind.CHOICE,
                "what to change",
                ("show", "reminders", "quiet", "away", "feedback", "probes", "not-with", "export", "forget"),
            ),
            Argument("value", Kind.TEXT, "the new value, or off"),
        ),
        run=member.me,
    ),
    CommandSpec(
        name="tpm-admin",
        summary="run the group: setup, schedule, queue, post-now, skip, pause, reviews, bank, inbox, members, doctor",
        audience=Audience.FACILITATOR,
        verbs=ADMIN_VERBS,
    ),
    CommandSpec(
        name="tpm-help",
        summary="how this works, and what you can do",
        arguments=(Argument("topic", Kind.TEXT, "a command"),),
        run=_help,
    ),
)
