"""Exchange rates."""

from __future__ import annotations

from collections.abc import Mapping

from risk_engine.indicators.derived import Basis
from storage.data.files import figures
from storage.data.files.cells import Cell
from storage.data.files.fields import (
    NAME,
    Concerns,
    Field,
    FileKind,
    currency,
    past,
    text,
)
from storage.data.files.refusals import BadCell
from storage.schema import RateVersionRow


def _between_two_currencies(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    return ("base", BadCell("other_currency", currency=row["currency"])) if row["currency"] == row["base"] else None


RATES = FileKind(
    "rates",
    (
        Field("currency", currency, needed=True, filled=True),
        Field("base", currency, needed=True, filled=True),
        Field("as_of", past, needed=True, filled=True),
        Field("rate", lambda formats: figures.number(formats, above=0), needed=True, filled=True, numeric=True),
        Field("source", text(NAME)),
    ),
    key=("currency", "base", "as_of"),
    check=_between_two_currencies,
    table=RateVersionRow,
    place=5,
    touches=Basis.LEDGER,
    concerns=Concerns.CURRENCIES,
)
KINDS = (RATES,)
