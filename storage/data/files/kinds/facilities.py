"""Credit lines and loans."""

from __future__ import annotations

from collections.abc import Mapping

from risk_engine.indicators.derived import Basis
from storage.data.files import cells
from storage.data.files.cells import Cell
from storage.data.files.fields import (
    ID,
    NAME,
    Field,
    FileKind,
    choice,
    currency,
    customer,
    identifier,
    money,
    number,
    past,
    text,
    whole,
    yes_or_no,
)
from storage.data.files.kinds.security import COLLATERAL_KINDS
from storage.data.files.refusals import BadCell
from storage.schema import FacilityVersionRow

FACILITY_KINDS = ("term_loan", "revolver", "project_loan", "guarantee", "letter_of_credit", "acceptance", "bond", "other")
SENIORITIES = ("senior", "subordinated")
PHASES = ("construction", "operation")


def _ends_after_it_starts(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    start, maturity = row.get("start"), row.get("maturity")
    # both are ISO text, which sorts by date
    if isinstance(start, str) and isinstance(maturity, str) and maturity < start:
        return "maturity", BadCell("not_before", earliest=start)
    return None


FACILITIES = FileKind(
    "facilities",
    (
        Field("id", identifier, "facility", needed=True, filled=True),
        customer(),
        Field("kind", choice(*FACILITY_KINDS), needed=True, filled=True),
        Field("currency", currency, needed=True, filled=True),
        money("limit", needed=True),
        money("outstanding", needed=True),
        Field("start", cells.day),
        Field("maturity", cells.day),
        Field("rate", number(-1, 1), numeric=True),
        Field("rate_kind", text(NAME)),
        Field("ccf", number(0, 1), numeric=True),
        Field("lgd", number(0, 1), numeric=True),
        money("collateral"),
        Field("collateral_kind", choice(*COLLATERAL_KINDS)),
        Field("seniority", choice(*SENIORITIES)),
        Field("days_past_due", whole(0, 36_500)),
        Field("as_of", past),
        Field("origination_rating", text(ID)),
        yes_or_no("forborne"),
        Field("restructured", whole(0, 9)),
        Field("phase", choice(*PHASES)),
        Field("eir", number(-1, 1), numeric=True),
        money("overdue"),
        yes_or_no("non_accrual"),
        money("provision"),
        money("best_estimate_loss"),
        Field("restructured_on", past),
        Field("restructuring_loss", number(0, 1), numeric=True),
    ),
    key=("facility",),
    check=_ends_after_it_starts,
    table=FacilityVersionRow,
    place=1,
    touches=Basis.LEDGER,
)
KINDS = (FACILITIES,)
