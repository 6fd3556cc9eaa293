"""The PD of a customer in words: its share, its origin, its letter, and for a PD by points the calibration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from commands.kit.access import masking
from commands.kit.i18n import Text, _
from commands.kit.wording import words
from risk_engine.policy.calibration_policy import Calibration
from risk_engine.policy.policy import Policy
from risk_engine.ratings.customer_pd import PdOrigin
from storage.customers.customers import Rating
from storage.scoring.guarantors import Guarantor
from storage.scoring.scores import Detail, Score

_SHORT: dict[PdOrigin, Text] = {
    PdOrigin.LETTER: _("{pd} by rating"),
    PdOrigin.POINTS: _("{pd} by points"),
    PdOrigin.DEFAULT: _("{pd}, in default"),
}


class Loss(Protocol):
    """The figures of an expected loss."""

    @property
    def pd(self) -> float | None: ...
    @property
    def lgd(self) -> float | None: ...
    @property
    def ead(self) -> Decimal | None: ...
    @property
    def expected_loss(self) -> Decimal | None: ...


def after_guarantees(found: Loss, figures: Mapping[str, float | None]) -> float | None:
    """Return the PD behind the expected loss, EL / (LGD · EAD), where better guarantors cover a share; None where none does."""
    if not figures.get("guaranteed_share") or found.expected_loss is None or not found.lgd or not found.ead:
        return None
    return float(found.expected_loss) / (found.lgd * float(found.ead))


def guarantee(score: Score, detail: Detail, guarantor: Guarantor | None) -> Text | None:
    """Return the effect of guarantees on the expected loss: guarantor, covered share, PD used, loss without; None without one."""
    used, covered = after_guarantees(score, detail.figures), detail.figures.get("guaranteed_share")
    if used is None or score.pd is None or score.lgd is None or score.ead is None:
        return None
    alone = (Decimal(repr(score.pd * score.lgd)) * score.ead).quantize(Decimal("0.01"))
    facts = {"share": words.part(covered or 0.0), "pd": words.share(score.pd), "used": words.share(used)}
    loss = words.money(alone, score.currency)
    if guarantor is None:
        # of a score from before the guarantee was stored
        return _("EL after guarantees: {share} of EAD covered, PD {pd} → {used}; without them EL {loss}").format(loss=loss, **facts)
    who = masking.customer(guarantor.id, guarantor.name or guarantor.id) if guarantor.id else _("a guarantor that you cannot see")
    said = _("EL after the guarantee of {guarantor}: {share} of EAD covered, PD {pd} → {used}; without it EL {loss}")
    return said.format(guarantor=who, loss=loss, **facts)


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


def letter(score: Score | None, counts: Rating | None, newest: Rating | None, policy: Policy, today: date) -> str:
    """Return the letter behind the score, or a dash; where it has none, and before the first score, the newest on record with its mark."""
    found = counts or newest
    if found is None:
        return "–"
    if counts is None and outdated(found, policy, today):
        return str(_("{figure} (old: {day})").format(figure=found.letter, day=words.day(found.as_of)))
    return found.letter if counts or score is None else str(_("{rating} (not used)").format(rating=found.letter))


def outdated(rating: Rating, policy: Policy, today: date) -> bool:
    """Return True if a letter is too old to count."""
    return rating.as_of < today - timedelta(days=policy.data.rating_days)
