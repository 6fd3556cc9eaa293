"""The PD of a customer in words: its share, its origin, and for a PD by points the calibration."""

from __future__ import annotations

from commands.kit.i18n import Text, _
from commands.kit.wording import words
from risk_engine.policy.calibration_policy import Calibration
from risk_engine.ratings.customer_pd import PdOrigin
from storage.scoring.scores import Detail, Score

_SHORT: dict[PdOrigin, Text] = {
    PdOrigin.LETTER: _("{pd} by rating"),
    PdOrigin.POINTS: _("{pd} by points"),
    PdOrigin.DEFAULT: _("{pd}, in default"),
}


def origin(score: Score, detail: Detail | None) -> PdOrigin:
    """Return the origin of a score's PD; a score of before it was stored had its PD from a letter."""
    found = detail.figures.get("pd_origin") if detail else None
    if found is not None:
        return PdOrigin(int(found))
    return PdOrigin.NONE if score.pd is None else PdOrigin.LETTER


def short(score: Score, detail: Detail | None) -> str:
    """Return ``1.7% by points``; a dash without a PD."""
    share = words.share(score.pd)
    said = _SHORT.get(origin(score, detail))
    return share if said is None else str(said.format(pd=share))


def whole(score: Score, detail: Detail | None, calibration: Calibration) -> str:
    """Return the PD with its origin; for a PD by points also the data of its calibration."""
    if origin(score, detail) is not PdOrigin.POINTS:
        return short(score, detail)
    return f"{short(score, detail)}, {calibrated(calibration)}"


def calibrated(calibration: Calibration) -> Text:
    """Return the data to which the line of points and PDs was fitted."""
    if not calibration.own:
        return _("not calibrated on your data: the line is from {source}").format(source=calibration.source)
    said = _("calibrated on {n} customers, {bad} of them bad, on {day}: {source}")
    return said.format(n=calibration.n, bad=calibration.bad, day=words.day(calibration.date), source=calibration.source)
