"""Default, stage and category in words: first day, reasons, and ways out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import IntFlag

from commands.kit.i18n import Text, _, labelled, listed
from commands.kit.wording import words
from risk_engine.classification.categories import Category
from risk_engine.classification.categories import Reason as CategoryReason
from risk_engine.classification.evidence import Reason
from risk_engine.impairment.staging import Reason as StageReason
from risk_engine.impairment.staging import Stage

_DEFAULT: dict[IntFlag, Text] = {
    Reason.PAST_DUE: _("material arrears"),
    Reason.LETTER: _("rated in default"),
    Reason.RECORDED: _("default on record"),
    Reason.BANKRUPTCY: _("bankruptcy"),
    Reason.EVASION: _("debt evasion"),
    Reason.NON_ACCRUAL: _("interest no longer accrued"),
    Reason.PROVISION: _("specific provision"),
    Reason.SALE_AT_LOSS: _("sold at a loss"),
    Reason.DISTRESSED_RESTRUCTURING: _("distressed restructuring"),
    Reason.RESTRUCTURED_AGAIN: _("restructured again under observation"),
    Reason.JUDGEMENT: _("judged unlikely to pay"),
    Reason.PROBATION: _("on probation"),
    Reason.ARREARS: _("arrears not yet paid"),
}
_STAGE: dict[IntFlag, Text] = {
    StageReason.PAST_DUE: _("more than 30 days past due"),
    StageReason.NOTCHES: _("downgraded since origination"),
    StageReason.PD_RATIO: _("PD has multiplied since origination"),
    StageReason.PD_INCREASE: _("PD has risen since origination"),
    StageReason.WATCH_LISTED: _("on the watch-list"),
    StageReason.FORBORNE: _("forbearance"),
    StageReason.DEFAULT_PAST_DUE_REBUTTED: _("90 days past due, rebutted"),
}
_CATEGORY: dict[IntFlag, Text] = {
    CategoryReason.OVERDUE: _("overdue"),
    CategoryReason.DIVERTED: _("funds diverted"),
    CategoryReason.REFINANCED: _("loan repaid by a new loan"),
    CategoryReason.NON_PERFORMING_HERE: _("another claim non-performing"),
    CategoryReason.NON_PERFORMING_ELSEWHERE: _("non-performing at another bank"),
    CategoryReason.RESTRUCTURED: _("restructured or forborne"),
    CategoryReason.OVER_90_DAYS: _("more than 90 days past due"),
    CategoryReason.IMPAIRED: _("credit-impaired"),
    CategoryReason.DOWNGRADED: _("sharp external downgrade"),
    CategoryReason.OVERDUE_ELSEWHERE: _("over 90 days at other banks"),
    CategoryReason.CONTAGION: _("more than 10% of its claims non-performing"),
    CategoryReason.RESTRUCTURED_AGAIN: _("restructured again under observation"),
    CategoryReason.NOT_CURED: _("not cured yet"),
    CategoryReason.OVER_270_DAYS: _("more than 270 days past due"),
    CategoryReason.EVADED: _("debt evasion"),
    CategoryReason.HALF_LOST: _("half of it expected to be lost"),
    CategoryReason.OVER_360_DAYS: _("more than 360 days past due"),
    CategoryReason.BANKRUPT: _("bankruptcy"),
    CategoryReason.NEARLY_ALL_LOST: _("nearly all of it expected to be lost"),
}

_BORN = date(1970, 1, 1)
_MORE = int(Reason.PROBATION | Reason.ARREARS)


def _day(figure: float | None) -> date | None:
    return None if figure is None else _BORN + timedelta(days=int(figure))


def since(figures: Mapping[str, float | None]) -> date | None:
    """Return the first day of a default; None without one."""
    return _day(figures.get("default_since")) if figures.get("default_reasons") else None


def whole_since(figures: Mapping[str, float | None]) -> date | None:
    """Return the first day of a default of all that the customer owes, which makes its PD 100%; None without one."""
    return since(figures) if figures.get("defaulted_share") in (None, 1) else None


def _named(mask: float | None, table: Mapping[IntFlag, Text]) -> list[str]:
    """Return the words of a mask's reasons, in the order of the table."""
    return [str(said) for bit, said in table.items() if int(mask or 0) & int(bit)]


def reasons(mask: float | None) -> str:
    """Return the reasons of a default."""
    return listed(_named(mask, _DEFAULT))


def default(figures: Mapping[str, float | None], currency: str) -> str | None:
    """Return ``since 12 Aug 2026: 104 days past due, EUR 41,200 overdue``; None without a default.

    On probation the causes of the default stand first, with the day since which none of them holds.
    """
    mask, begun = figures.get("default_reasons"), since(figures)
    if not mask:
        return None
    said = listed(
        [
            *_former(mask, figures),
            *_arrears(mask, figures, currency),
            *_named(int(mask) & ~int(Reason.PAST_DUE), _DEFAULT),
            *_end(mask, figures),
        ]
    )
    share = figures.get("defaulted_share")
    if share is not None and share < 1:
        said = listed([said, _("{share} of its debt").format(share=words.part(share))])
    return said if begun is None else str(_("since {day}: {reasons}").format(day=words.day(begun), reasons=said))


def _former(mask: float, figures: Mapping[str, float | None]) -> Iterator[str]:
    """Yield the causes that have ended, where only probation or unpaid arrears keep the customer in default."""
    cause = int(figures.get("default_entered") or 0) & ~_MORE
    if int(mask) & ~_MORE or not cause:
        return
    causes, ended = listed(_named(cause, _DEFAULT)), _day(figures.get("default_ended"))
    yield str(_("{causes} until {day}").format(causes=causes, day=words.day(ended))) if ended else causes


def _arrears(mask: float, figures: Mapping[str, float | None], currency: str) -> Iterator[str]:
    """Yield the days and the amount, for a default by material arrears."""
    days, overdue = figures.get("days_past_due"), figures.get("overdue_amount")
    if not int(mask) & int(Reason.PAST_DUE):
        return
    yield str(_("{days} past due").format(days=words.reading(days, "days"))) if days else str(_DEFAULT[Reason.PAST_DUE])
    if overdue:
        yield str(_("{amount} overdue").format(amount=words.money(Decimal(overdue).quantize(Decimal("0.01")), currency)))


def _end(mask: float, figures: Mapping[str, float | None]) -> Iterator[str]:
    if (ends := _day(figures.get("default_ends"))) is not None:
        yield str(_("ends on {day} at the earliest").format(day=words.day(ends)))


def stage(number: int | None, figures: Mapping[str, float | None], currency: str) -> str:
    """Return the stage with its reasons: ``3 since 12 Aug 2026: 104 days past due, EUR 41,200 overdue``."""
    if number is None:
        return str(_("not known: no current days past due")) if figures.get("exposure") else "–"
    why = default(figures, currency) if number == 3 else stage_reasons(number, figures)
    joint = " " if number == 3 else labelled("", "")
    return f"{number}{joint}{why}" if why else str(number)


def stage_reasons(number: int | None, figures: Mapping[str, float | None]) -> str:
    """Return the reasons of a stage; those of stage 3 are those of the default."""
    return reasons(figures.get("default_reasons")) if number == 3 else listed(_named(figures.get("stage_reasons"), _STAGE))


def category(name: Text | None, figures: Mapping[str, float | None]) -> str:
    """Return the category with its reasons; of stage 2 also why it asks for no worse one."""
    why = category_reasons(figures)
    if not why and figures.get("category") == Category.PASS and figures.get("stage") == Stage.TWO:
        why = str(_("no arrears, restructuring or other reason of the rules; stage 2 alone is none"))
    return "–" if name is None else labelled(name, why) if why else str(name)


def category_reasons(figures: Mapping[str, float | None]) -> str:
    """Return the reasons of a category."""
    mask = int(figures.get("category_reasons") or 0)
    if mask & int(CategoryReason.IMPAIRED):
        # a default covers all of the debtor's claims, so one says nothing about another
        mask &= ~int(CategoryReason.NON_PERFORMING_HERE | CategoryReason.CONTAGION)
    return listed(_named(mask, _CATEGORY))
