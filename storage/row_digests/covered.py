"""Tables covered by the trail, and their form of coverage; a table missing here fails a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from risk_engine.approvals.events import (
    ApprovalDecided,
    ApprovalReminded,
    ApprovalRequested,
    ApprovalVoted,
    ConditionMet,
    DelegationGiven,
    DelegationRevoked,
)
from risk_engine.audit.events import ExportAsked, SampleDrawn, SampleFinding, SampleFine
from risk_engine.classification.events import JudgementProposed
from risk_engine.digest.events import DigestChanged, DigestPaused, DigestResumed, DigestSubscribed, DigestUnsubscribed
from risk_engine.events import Event, kinds
from risk_engine.facts.events import ImportLoaded
from risk_engine.indicators.events import (
    BreachAcknowledged,
    BreachClosed,
    BreachEased,
    BreachEnded,
    BreachOpened,
    BreachUnacknowledged,
    BreachUpdated,
    BreachWorsened,
)
from risk_engine.people.events import RoleGiven, RoleTaken
from risk_engine.policy.events import PolicyChanged, PolicyProposed
from risk_engine.references import (
    ApprovalId,
    BreachId,
    ControlId,
    DelegationId,
    ExportId,
    JudgementId,
    OverrideId,
    PolicyChangeId,
    Reference,
    ResponseId,
    RiskId,
)
from risk_engine.register.events import (
    ControlDesigned,
    ControlOperated,
    ControlRetired,
    ControlTested,
    ResponseCancelled,
    ResponseDone,
    ResponseExtended,
    ResponseProgressed,
    ResponseProposed,
    ResponseReminded,
    ResponseSentBack,
    RetentionEnded,
    RiskAssessed,
    RiskEnded,
    RiskLogged,
    RiskMoved,
    RiskReopened,
    RiskUndone,
)
from risk_engine.scoring.events import OverrideEnded, OverrideProposed, ScoresUpdated
from storage.row_digests import cells
from storage.row_digests.cells import Cell
from storage.schema import (
    AccountMonthVersionRow,
    ApprovalRow,
    BreachRow,
    CollateralVersionRow,
    ConditionRow,
    ControlRiskRow,
    ControlRow,
    ControlTestRow,
    CustomerVersionRow,
    DecisionRow,
    DefaultVersionRow,
    DelegationRow,
    ExportRow,
    FacilityVersionRow,
    GuaranteeVersionRow,
    ImportRow,
    IncidentVersionRow,
    InstalmentVersionRow,
    JudgementRow,
    MemberRow,
    ObservationVersionRow,
    OutcomeVersionRow,
    OverrideRow,
    PaymentVersionRow,
    PolicyChangeRow,
    PolicyInForceRow,
    PolicyVersionRow,
    ProjectionVersionRow,
    RateVersionRow,
    RatingVersionRow,
    ResponseRow,
    RiskRow,
    SampledRow,
    SampleRow,
    ScoreDriverRow,
    ScoreRunRow,
    ScoreVersionRow,
    StatementVersionRow,
    SubscriptionRow,
    ViewRow,
    VoteRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRecorded(Event):
    """Statements of rows that were written without an event of their own, or before events stated rows.

    Attributes:
        baseline: whether it covers all rows that were there at its time.
        states: what it states beside the rows of its own transaction.
    """

    kind: ClassVar = "register.recorded"

    baseline: bool | None = None
    states: Mapping[str, Any] | None = None


# rows that were written together are stated by these alone: no other event is about all of them
STATES_GROUPS = kinds(ImportLoaded, ScoresUpdated, RegisterRecorded)
# events of these kinds always come with a row; one that states none was written before events did
WITH_ROWS = kinds(
    *(ApprovalRequested, ApprovalVoted, ApprovalDecided, ApprovalReminded, ConditionMet),
    *(RoleGiven, RoleTaken, DelegationGiven, DelegationRevoked, PolicyProposed, PolicyChanged),
    *(RiskLogged, RiskUndone, RiskAssessed, RetentionEnded, RiskMoved, RiskEnded, RiskReopened),
    *(ResponseProposed, ResponseProgressed, ResponseExtended, ResponseDone, ResponseCancelled, ResponseReminded, ResponseSentBack),
    *(ControlDesigned, ControlOperated, ControlTested, ControlRetired),
    *(OverrideProposed, OverrideEnded, JudgementProposed, ExportAsked),
    *(BreachOpened, BreachAcknowledged, BreachUnacknowledged, BreachWorsened, BreachEased, BreachUpdated, BreachClosed, BreachEnded),
    *(ImportLoaded, ScoresUpdated, SampleDrawn, SampleFine, SampleFinding),
    *(DigestSubscribed, DigestChanged, DigestPaused, DigestResumed, DigestUnsubscribed),
)


def _one_subject(present: dict[str, Cell]) -> dict[str, Cell]:
    """State the subject of an approval in one word, as the first trails did, whose database kept it in one column."""
    others = {name: cell for name, cell in present.items() if name not in ("subject_kind", "subject_id")}
    return others | {"subject": f"{present['subject_kind']}-{present['subject_id']}"}


def _drivers_if_any(present: dict[str, Cell]) -> dict[str, Cell]:
    """State a run without the names of drivers that it does not have, as the first trails did."""
    return present if present["drivers"] else {name: cell for name, cell in present.items() if name != "drivers"}


def _ending_if_any(present: dict[str, Cell]) -> dict[str, Cell]:
    """State a breach without the reason of an end that it has not had, as the first trails did, whose database had no such column."""
    return present if present["ending"] else {name: cell for name, cell in present.items() if name != "ending"}


def _with_what_came_later(later: Mapping[str, Cell]) -> Callable[[dict[str, Cell]], dict[str, Cell]]:
    """State a row without the columns that came after the first sealed statements, where they hold the value that is given here.

    A value in braces names the column whose cell it equals.
    """

    def form(present: dict[str, Cell]) -> dict[str, Cell]:
        before = {name: present[value[1:-1]] if isinstance(value, str) and value[:1] == "{" else value for name, value in later.items()}
        return {name: cell for name, cell in present.items() if name not in before or cell != before[name]}

    return form


_AXES = ("likelihood", "severity", "scope", "customer_severity")
_RISK_LATER: dict[str, Cell] = {
    **dict.fromkeys(("moved_by", "moved_at", "objective", "customer_severity", "reassess_by", "retained_until")),
    **dict.fromkeys(f"{stands}_{axis}" for stands in ("current", "residual") for axis in _AXES),
    "state": "identified",
    "assessed": 0,
    "current_level": "{level}",
    "residual_level": "{level}",
}
_RESPONSE_LATER: dict[str, Cell] = {
    **dict.fromkeys(("kind", "department", "cost", "currency", "benefit", *_AXES)),
    **dict.fromkeys(("basis_grade", "basis_exposure", "basis_level", "moved_by", "moved_at")),
    "progress": 0,
    "reminded": 0,
}


def _state_of_risk(present: dict[str, Cell]) -> dict[str, Cell]:
    """State a risk as the first trails did, which knew open and closed risks only."""
    found = _with_what_came_later(_RISK_LATER)(present)
    return {name: cell for name, cell in found.items() if name != "state" or present["open"] or present["moved_by"]}


@dataclass(frozen=True, slots=True)
class Rows:
    """A table whose rows are each stated completely by the event that writes them.

    Attributes:
        subject: the subject of the events that state a row, from its cells.
        sealed_form: turns the cells of the present columns into those that sealed events state; a trail keeps its form for good.
    """

    table: Any
    subject: Callable[[dict[str, Any]], str]
    sealed_form: Callable[[dict[str, Cell]], dict[str, Cell]] = dict

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)

    @property
    def columns(self) -> Sequence[Any]:
        return list(self.table.__table__.columns)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def key(self) -> Sequence[Any]:
        return list(self.table.__table__.primary_key.columns)

    def stated(self, row: Sequence[Cell]) -> dict[str, Cell]:
        """Return an event's statement of a row."""
        return self.sealed_form(cells.stated(self.names, row))


@dataclass(frozen=True, slots=True)
class Groups:
    """A table whose rows are written in bulk: an event states a digest over those of one import or score run.

    Attributes:
        by: the column with the number of the import or the run.
        subject: the subject of the events that state a group, without its number.
        succession: the key shared by versions of one thing; each is superseded by the next. Empty: no versions.
        added: the columns that came after the first sealed digests. They come last, and a row ends before those that are empty, so
            that the digests of rows without them stay as they were.
        moving: the columns that change without a new version, and so are under no digest.
    """

    table: Any
    by: Any
    subject: str
    succession: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    moving: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)

    @property
    def columns(self) -> Sequence[Any]:
        """Return the columns under the digest: all but those that move, and the mark of a later version, which follows from it."""
        every, last = self.table.__table__.columns, (*self.added, *self.moving)
        return [*(column for column in every if column.name not in ("superseded_at", *last)), *(every[name] for name in self.added)]


def _numbered(kind: type[Reference], column: str = "id") -> Callable[[dict[str, Any]], str]:
    return lambda cells: f"{kind.letter}-{cells[column]}"


def _called(column: str, before: str = "") -> Callable[[dict[str, Any]], str]:
    return lambda cells: f"{before}{cells[column]}"


_ROWS = (
    Rows(ApprovalRow, _numbered(ApprovalId), _one_subject),
    Rows(VoteRow, _numbered(ApprovalId, "approval_id")),
    Rows(DecisionRow, _numbered(ApprovalId, "approval_id")),
    Rows(ConditionRow, _numbered(ApprovalId, "approval_id")),
    Rows(DelegationRow, _numbered(DelegationId)),
    Rows(MemberRow, _called("id")),
    Rows(PolicyChangeRow, _numbered(PolicyChangeId)),
    # a policy comes into force by a start, or by a change with its number
    Rows(PolicyInForceRow, _called("origin")),
    Rows(PolicyVersionRow, _called("origin")),
    Rows(RiskRow, _numbered(RiskId), _state_of_risk),
    Rows(ViewRow, _numbered(RiskId, "risk_id")),
    Rows(ResponseRow, _numbered(ResponseId), _with_what_came_later(_RESPONSE_LATER)),
    Rows(ControlRow, _numbered(ControlId)),
    Rows(ControlRiskRow, _numbered(ControlId, "control_id")),
    Rows(ControlTestRow, _numbered(ControlId, "control_id")),
    Rows(OverrideRow, _numbered(OverrideId)),
    Rows(JudgementRow, _numbered(JudgementId)),
    Rows(ExportRow, _numbered(ExportId)),
    Rows(BreachRow, _numbered(BreachId), _ending_if_any),
    Rows(ImportRow, _called("id", "import ")),
    Rows(ScoreRunRow, _called("id", "score "), _drivers_if_any),
    Rows(SampleRow, _called("month")),
    Rows(SampledRow, _called("month")),
    Rows(SubscriptionRow, _called("channel")),
)
ROWS = {one.name: one for one in _ROWS}


def _facts(table: Any, *succession: str, added: tuple[str, ...] = ()) -> Groups:
    return Groups(table, table.import_id, "import", succession, added)


_GROUPS = (
    _facts(CustomerVersionRow, "customer_id", added=("group_parent",)),
    _facts(
        FacilityVersionRow,
        "facility",
        added=("overdue", "non_accrual", "provision", "best_estimate_loss", "restructured_on", "restructuring_loss"),
    ),
    _facts(RatingVersionRow, "customer_id", "as_of", "agency", "scale"),
    _facts(ObservationVersionRow, "customer_id", "indicator", "as_of", "source"),
    _facts(StatementVersionRow, "customer_id", "period_end", "months", "basis"),
    _facts(RateVersionRow, "currency", "base", "as_of"),
    _facts(OutcomeVersionRow, "customer_id", "event", "as_of"),
    _facts(InstalmentVersionRow, "facility", "due"),
    _facts(PaymentVersionRow, "facility", "paid", "reference"),
    _facts(CollateralVersionRow, "collateral"),
    _facts(GuaranteeVersionRow, "guarantee", added=("integral", "start")),
    _facts(ProjectionVersionRow, "customer_id", "projected", "period_end", added=("months",)),
    _facts(IncidentVersionRow, "customer_id", "kind", "as_of", "facility"),
    _facts(AccountMonthVersionRow, "account", "month"),
    Groups(
        *(ScoreVersionRow, ScoreVersionRow.run_id, "score", ("customer_id",), ("drivers", "driver_words", "days_past_due")),
        # asks for a scoring and says nothing of its result; once a week the whole book is scored without asking it
        moving=("next_change",),
    ),
    Groups(DefaultVersionRow, DefaultVersionRow.run_id, "score", ("customer_id", "facility")),
    # a driver belongs to the run of its score
    Groups(ScoreDriverRow, ScoreVersionRow.run_id, "score"),
)
GROUPS = {one.name: one for one in _GROUPS}

# tables that follow from stated ones
FOLLOWS = {
    "customer": "exists since the import of its first version",
    "disclosure": "names the customers that its event names",
}
# tables covered by the chain
THE_TRAIL = ("event", "seal", "trail")
# tables without authority: they affect neither rights, nor figures, nor decisions shown
LEFT_OUT = {
    "account": "digests of e-mail addresses, which Slack gives anew with every change that somebody asks for",
    "answer": "the arguments behind an answer's buttons; each press runs them with the rights of whoever presses",
    "counter": "the next number; one that was given out before is refused by the key of its table",
    "delivery": "the progress of a message to Slack",
    "drawn": "sums of the facilities, which are covered; customers are put in order by them, and shown with their facilities' amounts",
    "greeting": "who was welcomed",
    "home_visit": "when somebody was last at their Home",
    "inbox": "requests on their way; what they do is on record when it is done",
    "job_run": "leases of scheduled jobs",
    "notice": "whom a message was meant for, and why",
    "score_mark": "whose facts have changed since the last scoring; once a week the whole book is scored without asking it",
    "score_state": "when the whole book was last scored; without it the whole book is scored",
    "score_total": "sums over customers and scores, which are covered; where they are not of the present ones, these are counted",
    "score_total_state": "which scores the totals cover",
    "search_entry": "which customers have a word in their names; the names themselves are covered",
    "search_spelling": "how a word may be mistyped",
    "search_state": "how far the words of names have been gathered",
    "search_word": "the words of customers' names, gathered from them by every import",
    "slack_news": "what Slack said of people and channels, for minutes; without it Slack is asked as before",
    "unknown_block": "which blocks the workspace did not know lately; without it Slack is asked as before",
}
