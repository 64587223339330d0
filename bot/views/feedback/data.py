"""Feedback as data: what a card was built from, and what `tpm-bot review --json` prints. Every value is JSON-ready."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bot.domain.framework import Framework
from bot.domain.review import Claim, Met, Review, SectionReview, SelfCheck
from bot.views.feedback.words import NOT_ASKED


def review_data(review: Review, framework: Framework) -> dict[str, Any]:
    """A review as stored: one entry of `sections` for each section of the framework, those not asked too."""
    by_key = {section.key: section for section in review.sections}
    blank = [SectionReview(key=s.key, title=s.title, weight=0, band=None) for s in framework.sections]
    sections = [_section(by_key.get(section.key, section)) for section in blank]
    stamp = review.stamp
    return {
        "kind": "feedback",
        "member": review.member_id,
        "day": review.day.isoformat(),
        "question": review.question_id,
        "version": review.version,
        "verdict": review.verdict,
        "slips": [asdict(slip) for slip in review.slips],
        "sections": sections,
        "quotes": _distinct(quote for section in sections for quote in section["quotes"]),
        "held": asdict(review.held) if review.held else None,
        "hand_waving": [asdict(remark) for remark in review.hand_waving],
        "claims": [_claim(claim) for claim in review.claims],
        "criteria": dict(review.criteria),
        "fix": asdict(review.fix),
        "probe": review.probe,
        "language": review.language,
        "off_topic": review.off_topic,
        "manipulation": review.manipulation,
        "cut": review.cut,
        "model": stamp.model,
        "cost_usd": stamp.cost_usd,
        "prompt": {"name": stamp.prompt, "version": stamp.prompt_version, "hash": stamp.prompt_hash},
        "usage": asdict(stamp.usage),
        "rung": stamp.rung,
        "made_at": review.made_at.isoformat(),
    }


def self_check_data(check: SelfCheck, framework: Framework) -> dict[str, Any]:
    """A self-check in the same shape: no band, and every point is `not checked`; `quotes` are what was found for it."""
    sections = [
        {
            "key": section.key,
            "title": section.title,
            "weight": check.weights.get(section.key, 0),
            "asked": section.key in check.weights,
            "band": None,
            "reading": "" if section.key in check.weights else NOT_ASKED,
            "points": [
                {"id": p.id, "point": p.point, "met": Met.NOT_CHECKED.value, "quotes": list(p.found), "ask": p.ask}
                for p in check.points
                if p.section == section.key
            ],
            "quotes": _distinct(quote for p in check.points if p.section == section.key for quote in p.found),
        }
        for section in framework.sections
    ]
    return {
        "kind": "self-check",
        "member": check.member_id,
        "day": check.day.isoformat(),
        "question": check.question_id,
        "version": check.version,
        "sections": sections,
        "quotes": _distinct(quote for p in check.points for quote in p.found),
        "probe": check.probe,
        "reason": check.reason,
        "retried": check.retried,
        "model": None,
        "cost_usd": 0.0,
        "made_at": check.made_at.isoformat(),
    }


def _section(section: SectionReview) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "weight": section.weight,
        "asked": section.weight > 0,
        "band": section.band,
        "line": section.line,
        "reading": section.reading if section.weight else NOT_ASKED,
        "points": [
            {
                "id": p.id,
                "point": p.point,
                "gist": p.gist,
                "met": p.met.value,
                "quotes": list(p.quotes),
                "also_good": p.also_good,
            }
            for p in section.points
        ],
        "quotes": _distinct(quote for point in section.points for quote in point.quotes),
        "facets": {facet.value: list(quotes) for facet, quotes in section.facets.items()},
        "soundness": section.soundness.value,
        "soundness_reason": section.soundness_reason,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {**asdict(claim), "verdict": claim.verdict.value}


def _distinct(quotes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(quotes))
