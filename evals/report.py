"""The report of a run, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.domain.framework import Framework
from bot.views import feedback
from evals.bench import Scored
from evals.graded import Graded, Outcome
from evals.metric import Metric, Verdict
from evals.scoring import Failure

HEADINGS = ("figure", "value", "95 % interval", "target", "", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a reader must know to judge the figures.

    Attributes:
        model: its name as it was asked for; `served_by` says by whom, in words.
        note: the operator's own, such as `simulated model`.
        labelled_by: who gave the labels, in words.
        warning: of the price table's age; empty if it is fresh.
    """

    at: str
    mode: str
    golden: str
    model: str
    served_by: str
    sdk: str
    prompt: str
    prompt_version: int
    prompt_hash: str
    framework_hash: str
    note: str = ""
    labelled_by: str = "AI helpers, not people"
    warning: str = ""

    def lines(self) -> Iterator[str]:
        """As Markdown bullets."""
        if self.note:
            yield f"- **{self.note}**"
        yield f"- {self.at}, mode {self.mode}, answers in `{self.golden}`"
        yield f"- model `{self.model}`, {self.served_by}; {self.sdk}"
        yield (
            f"- prompt `{self.prompt}` version {self.prompt_version}, hash `{self.prompt_hash}`; "
            f"framework hash `{self.framework_hash}`"
        )
        yield f"- labelled by {self.labelled_by}: agreement with these labels is no agreement with people"
        if self.warning:
            yield f"- {self.warning}"


def markdown(header: Header, found: Sequence[Scored], framework: Framework) -> str:
    """The whole report."""
    lines = ["# The reviewer on the bench", "", *header.lines(), ""]
    if len(found) > 1:
        lines += ["## Reviewers side by side", "", *side_by_side(found), ""]
    for scored in found:
        lines += [f"## {scored.reviewer}", "", told(scored), "", *table(scored.metrics), ""]
        lines += [f"### Cases that broke a rule ({len(scored.failures)})", ""]
        for failure in scored.failures:
            lines += _failure(failure, framework)
    return "\n".join(lines)


def told(scored: Scored) -> str:
    """What was read, in one line."""
    families = Counter(each.case.family for each in scored.results.cases)
    made = ", ".join(f"{count} {family}" for family, count in sorted(families.items()))
    runs = max((len(each.runs) for each in scored.results.golden.values()), default=0)
    return f"{len(scored.results.golden)} golden answers, {runs} runs at most; cases: {made or 'none'}"


def table(metrics: Sequence[Metric]) -> list[str]:
    """The figures as a Markdown table."""
    return _table([HEADINGS, *(_cells(metric) for metric in metrics)])


def side_by_side(found: Sequence[Scored]) -> list[str]:
    """One column a reviewer."""
    by_reviewer = [{metric.key: metric for metric in scored.metrics} for scored in found]
    rows = [("figure", *(scored.reviewer for scored in found))]
    for metric in found[0].metrics:
        values = [metrics.get(metric.key) for metrics in by_reviewer]
        rows.append((metric.what, *(each.shown(each.value.value) if each else "" for each in values)))
    return _table(rows)


def data(header: Header, found: Sequence[Scored], framework: Framework) -> dict[str, Any]:
    """The same as JSON-ready data."""
    return {
        **asdict(header),
        "reviewers": [
            {
                "reviewer": scored.reviewer,
                "golden": len(scored.results.golden),
                "cases": len(scored.results.cases),
                "cost_usd": sum(run.cost_usd for each in _all(scored) for run in each.runs),
                "metrics": [_metric_data(metric) for metric in scored.metrics],
                "failures": [_failure_data(failure, framework) for failure in scored.failures],
                "bands": [
                    {"case": each.case.id, "family": each.case.family, "runs": [dict(run.bands) for run in each.runs]}
                    for each in _all(scored)
                ],
            }
            for scored in found
        ],
    }


def missed(found: Sequence[Scored]) -> list[str]:
    """Reviewer and figure of every target of ours that was missed; ablations have none to meet."""
    return [metric.key for metric in found[0].metrics if metric.verdict is Verdict.MISSED]


def _all(scored: Scored) -> list[Outcome]:
    return [*scored.results.golden.values(), *scored.results.cases]


def _cells(metric: Metric) -> tuple[str, ...]:
    what = f"{metric.what} ({metric.note})" if metric.note else metric.what
    value = metric.shown(metric.value.value)
    verdict = "" if metric.verdict is Verdict.NOT_MEASURED else metric.verdict.value
    return (what, value, metric.interval, metric.target, verdict, str(metric.n))


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return [lines[0], f"|{'---|' * len(rows[0])}", *lines[1:]]


def _metric_data(metric: Metric) -> dict[str, Any]:
    value = metric.value
    return {
        "key": metric.key, "what": metric.what, "value": value.value, "low": value.low, "high": value.high,
        "n": metric.n, "least": metric.least, "most": metric.most, "verdict": metric.verdict.value, "note": metric.note,
    }  # fmt: skip


def _failure(failure: Failure, framework: Framework) -> list[str]:
    case = failure.outcome.case
    rows = [("", *case.question.weighed)]
    if failure.outcome is failure.before:
        rows.append(("label", *(str(case.of.labels[key].band) for key in case.question.weighed)))
    else:
        rows.append(("before", *_bands(failure.before.first, case.question.weighed)))
    rows.append(("read", *_bands(failure.outcome.first, case.question.weighed)))
    review = _review(failure.outcome.first, framework)
    return [
        f"#### {case.id}: {case.family}, {case.variant}; question `{case.question.id}`", "",
        *(f"- {reason}" for reason in failure.reasons), "",
        *_table(rows), "",
        *_fenced("text", case.text), "",
        *(_fenced("json", json.dumps(review, ensure_ascii=False, indent=1)) if review else ["No review."]), "",
    ]  # fmt: skip


def _fenced(kind: str, text: str) -> list[str]:
    """`text` in a fence that is longer than any in it."""
    fence = "````" if "```" in text else "```"
    return [f"{fence}{kind}", text, fence]


def _bands(graded: Graded, keys: Sequence[str]) -> Iterator[str]:
    return (str(graded.bands.get(key, "-")) for key in keys)


def _review(graded: Graded, framework: Framework) -> dict[str, Any] | None:
    return feedback.review_data(graded.review, framework) if graded.review else None


def _failure_data(failure: Failure, framework: Framework) -> dict[str, Any]:
    case = failure.outcome.case
    return {
        "case": case.id, "family": case.family, "variant": case.variant, "question": case.question.id,
        "reasons": list(failure.reasons), "text": case.text, "bands_before": dict(failure.before.first.bands),
        "labels": {key: label.band for key, label in case.of.labels.items()},
        "bands": dict(failure.outcome.first.bands), "review": _review(failure.outcome.first, framework),
    }  # fmt: skip
