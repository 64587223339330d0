"""The calibrations that ship with the bot."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

import prompts
from bot.domain.calibration import EXCERPTS, Calibration
from bot.domain.framework import Framework
from bot.domain.peer_review import HIGHEST_BAND, LOWEST_BAND


def packaged_calibrations(framework: Framework) -> Mapping[str, Calibration]:
    """Section key -> calibration, in the file's order. Raises ValueError with every fault of the file."""
    source = prompts.calibration_source()
    try:
        found = TypeAdapter(list[Calibration]).validate_python(prompts.load_yaml(source.text))
    except ValidationError as error:
        raise ValueError(f"{source.path}: {error}") from error
    known = [section.key for section in framework.sections]
    faults = [fault for calibration in found for fault in _faults(calibration, known)]
    if len({calibration.section for calibration in found}) < len(found):
        faults.append("a section has two calibrations")
    if faults:
        raise ValueError(f"{source.path}: {'; '.join(faults)}")
    return {calibration.section: calibration for calibration in found}


def _faults(calibration: Calibration, known: list[str]) -> list[str]:
    name, bands = calibration.section, [excerpt.band for excerpt in calibration.excerpts]
    rules = {
        "is no section of the framework": name in known,
        f"must have {EXCERPTS} excerpts": len(bands) == EXCERPTS,
        f"must have bands from {LOWEST_BAND} to {HIGHEST_BAND}": all(
            LOWEST_BAND <= band <= HIGHEST_BAND for band in bands
        ),
        "must have two different bands": len(set(bands)) == len(bands),
    }
    return [f"{name} {rule}" for rule, kept in rules.items() if not kept]
