"""The tables by subject; importing this package registers them all."""

from storage.schema.audit import SealRow, TrailRow
from storage.schema.base import Table
from storage.schema.bookkeeping import (
    AnswerRow,
    GreetingRow,
    HomeVisitRow,
    InboxRow,
    JobRunRow,
    PolicyVersionRow,
    SlackNewsRow,
    SubscriptionRow,
    UnknownBlockRow,
)
from storage.schema.classification import DefaultVersionRow
from storage.schema.examining import DisclosureRow, ExportRow, SampledRow, SampleRow
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
from storage.schema.judgements import JudgementRow
from storage.schema.lending import (
    AccountMonthVersionRow,
    CollateralVersionRow,
    GuaranteeVersionRow,
    IncidentVersionRow,
    InstalmentVersionRow,
    PaymentVersionRow,
    ProjectionVersionRow,
)
from storage.schema.people import AccountRow, DelegationRow, MemberRow
from storage.schema.policies import PolicyChangeRow, PolicyInForceRow
from storage.schema.register import (
    ApprovalRow,
    BreachRow,
    ConditionRow,
    CounterRow,
    DecisionRow,
    OverrideRow,
    ResponseRow,
    RiskRow,
    VoteRow,
)
from storage.schema.scores import ScoreDriverRow, ScoreMarkRow, ScoreRunRow, ScoreStateRow, ScoreVersionRow
from storage.schema.searching import SearchEntryRow, SearchSpellingRow, SearchStateRow, SearchWordRow
from storage.schema.standing import ScoreTotalRow, ScoreTotalStateRow
from storage.schema.telling import DeliveryRow, EventRow, NoticeRow

__all__ = [
    "AccountMonthVersionRow",
    "AccountRow",
    "AnswerRow",
    "ApprovalRow",
    "BreachRow",
    "CollateralVersionRow",
    "ConditionRow",
    "CounterRow",
    "CustomerRow",
    "CustomerVersionRow",
    "DecisionRow",
    "DefaultVersionRow",
    "DelegationRow",
    "DeliveryRow",
    "DisclosureRow",
    "EventRow",
    "ExportRow",
    "FacilityVersionRow",
    "GreetingRow",
    "GuaranteeVersionRow",
    "HomeVisitRow",
    "ImportRow",
    "InboxRow",
    "IncidentVersionRow",
    "InstalmentVersionRow",
    "JobRunRow",
    "JudgementRow",
    "MemberRow",
    "NoticeRow",
    "ObservationVersionRow",
    "OutcomeVersionRow",
    "OverrideRow",
    "PaymentVersionRow",
    "PolicyChangeRow",
    "PolicyInForceRow",
    "PolicyVersionRow",
    "ProjectionVersionRow",
    "RateVersionRow",
    "RatingVersionRow",
    "ResponseRow",
    "RiskRow",
    "SampleRow",
    "SampledRow",
    "ScoreDriverRow",
    "ScoreMarkRow",
    "ScoreRunRow",
    "ScoreStateRow",
    "ScoreTotalRow",
    "ScoreTotalStateRow",
    "ScoreVersionRow",
    "SealRow",
    "SearchEntryRow",
    "SearchSpellingRow",
    "SearchStateRow",
    "SearchWordRow",
    "SlackNewsRow",
    "StatementVersionRow",
    "SubscriptionRow",
    "Table",
    "TrailRow",
    "UnknownBlockRow",
    "VoteRow",
]
