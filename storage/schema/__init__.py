"""The tables, by what they hold; importing this package knows them all."""

from storage.schema.base import Table
from storage.schema.bookkeeping import AnswerRow, GreetingRow, HomeVisitRow, InboxRow, JobRunRow, PolicyVersionRow, SubscriptionRow
from storage.schema.facts import (
    CustomerRow,
    CustomerVersionRow,
    FacilityVersionRow,
    ImportRow,
    ObservationVersionRow,
    OutcomeVersionRow,
    RateVersionRow,
    RatingVersionRow,
    StatementVersionRow,
)
from storage.schema.register import ApprovalRow, BreachRow, CounterRow, DecisionRow, ResponseRow, RiskRow
from storage.schema.scores import ScoreDriverRow, ScoreRunRow, ScoreVersionRow
from storage.schema.telling import DeliveryRow, EventRow, NoticeRow

__all__ = [
    "AnswerRow",
    "ApprovalRow",
    "BreachRow",
    "CounterRow",
    "CustomerRow",
    "CustomerVersionRow",
    "DecisionRow",
    "DeliveryRow",
    "EventRow",
    "FacilityVersionRow",
    "GreetingRow",
    "HomeVisitRow",
    "ImportRow",
    "InboxRow",
    "JobRunRow",
    "NoticeRow",
    "ObservationVersionRow",
    "OutcomeVersionRow",
    "PolicyVersionRow",
    "RateVersionRow",
    "RatingVersionRow",
    "ResponseRow",
    "RiskRow",
    "ScoreDriverRow",
    "ScoreRunRow",
    "ScoreVersionRow",
    "StatementVersionRow",
    "SubscriptionRow",
    "Table",
]
