"""Instalments and payments of facilities."""

from __future__ import annotations

from risk_engine.indicators.derived import Basis
from storage.data.files.fields import (
    ID,
    Concerns,
    Field,
    FileKind,
    day,
    facility,
    money,
    past_day,
    text,
)
from storage.schema import InstalmentVersionRow, PaymentVersionRow

INSTALMENTS = FileKind(
    "instalments",
    (facility(needed=True), day("due", needed=True), money("principal", needed=True), money("interest", needed=True)),
    key=("facility", "due"),
    table=InstalmentVersionRow,
    place=7,
    touches=Basis.LEDGER,
    concerns=Concerns.BORROWER,
)
PAYMENTS = FileKind(
    "payments",
    (
        facility(needed=True),
        past_day("paid", needed=True),
        money("amount", needed=True),
        past_day("booked"),
        Field("reference", text(ID), filled=True, default=""),
    ),
    key=("facility", "paid", "reference"),
    complete="booked = paid WHERE booked IS NULL",
    table=PaymentVersionRow,
    place=8,
    touches=Basis.LEDGER,
    concerns=Concerns.BORROWER,
)
KINDS = (INSTALMENTS, PAYMENTS)
