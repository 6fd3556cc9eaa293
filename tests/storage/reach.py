"""Books of several departments and managers, of every kind of entry something, for asking whose customers one sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, product
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from risk_engine.approvals import approval
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.approval_kinds import ApprovalKind as Matter
from risk_engine.approvals.ballot import Choice, Stage, Voter
from risk_engine.approvals.proposal import ProposalState
from risk_engine.classification.judgement import Judgement
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.grading import Grade
from risk_engine.indicators.breach import Breach, Reading
from risk_engine.indicators.breach import BreachState as BreachState
from risk_engine.indicators.monitoring import Colour
from risk_engine.people.people_policy import People
from risk_engine.people.roles import Reach, Role
from risk_engine.references import OverrideId, PolicyChangeId, Reference
from risk_engine.register.assessment import Assessment, Category, Level, RiskKind
from risk_engine.register.register import Risk
from risk_engine.register.response import Response, Strategy
from risk_engine.scoring.override import Override
from storage.approvals import approvals
from storage.classification import judgements
from storage.database import Tx
from storage.indicators import breaches
from storage.register import responses, risks
from storage.schema import (
    CustomerRow,
    CustomerVersionRow,
    FacilityVersionRow,
    GuaranteeVersionRow,
    ImportRow,
    ObservationVersionRow,
    RatingVersionRow,
    ScoreDriverRow,
    ScoreRunRow,
    ScoreVersionRow,
)
from storage.scoring import overrides
from storage.sight import Sight
from tests.conftest import MONDAY

TODAY, SINCE = MONDAY.date(), MONDAY - timedelta(days=1)
BEFORE = MONDAY - timedelta(days=30)
# the number that decides whether what is kept of a book is still true never comes twice, also where a test leaves no trace
_numbers = count(1_000_000)


@dataclass(frozen=True, slots=True)
class Who:
    """A customer as it stands now; ``earlier`` was its department before."""

    id: str
    department: str | None
    manager: str | None
    group: str | None = None
    currency: str = "EUR"
    earlier: str | None = None
    guarantor: str | None = None

    @property
    def name(self) -> str:
        return f"Company {self.id.lower()}"


def enter(tx: Tx, book: Sequence[Who]) -> None:
    """Everything that there can be of each customer: facts of today and of before, a score, and an entry of each register."""
    _import(tx)
    about_nobody, _asked = approval.request(
        approvals.next_id(tx),
        key=f"{next(_numbers):032x}",
        subject=PolicyChangeId(1),
        kind=Matter.POLICY,
        stages=(Stage(),),
        title="the cure period",
        by="U0EVA",
        at=MONDAY,
        days=14,
    )
    approvals.add(tx, about_nobody)
    for who in book:
        tx.connection.execute(insert(CustomerRow).values(id=who.id, since_import=1))
        _customer(tx, who, who.earlier, known_at=BEFORE - timedelta(days=9), superseded_at=BEFORE)
        _customer(tx, who, who.department, known_at=BEFORE, superseded_at=None)
    for place, who in enumerate(book):
        _facts(tx, who, place)
        _scored(tx, who, place)
        _register(tx, who)


def _import(tx: Tx) -> None:
    if tx.connection.execute(select(func.count()).select_from(ImportRow)).scalar_one():
        return
    counts = dict.fromkeys(("rows", "added", "changed", "unchanged", "merged", "refused"), 0)
    tx.connection.execute(insert(ImportRow).values(id=1, kind="customers", file="book.csv", sha256="", at=BEFORE, **counts))
    tx.connection.execute(insert(ScoreRunRow).values(id=1, at=MONDAY, as_of=TODAY, model="m", policy="p", by="test", scored=1, changed=1))


def _version(tx: Tx, table: Any, **values: Any) -> None:
    kept = {"id": next(_numbers), "import_id": 1, "file_row": 2, "known_at": SINCE + timedelta(hours=1), "superseded_at": None}
    tx.connection.execute(insert(table).values(kept | values))


def _customer(tx: Tx, who: Who, department: str | None, **known: Any) -> None:
    said = {"name": who.name, "name_key": who.name, "group": who.group, "sector": "Energy", "manager": who.manager}
    _version(tx, CustomerVersionRow, customer_id=who.id, department=department, currency=who.currency, **said, **known)


def _facts(tx: Tx, who: Who, place: int) -> None:
    lent = {"facility": f"F-{who.id}", "kind": "term_loan", "currency": who.currency, "limit": Decimal(90), "outstanding": Decimal(100)}
    _version(
        tx, FacilityVersionRow, customer_id=who.id, **lent, days_past_due=place + 1, as_of=TODAY, maturity=TODAY + timedelta(days=place)
    )
    for letter, day in (("BB", date(2026, 3, 1)), ("B", date(2026, 9, 1))):
        _version(tx, RatingVersionRow, customer_id=who.id, as_of=day, agency="S&P", scale="global", rating=letter)
    reading = {"indicator": "dscr", "as_of": TODAY - timedelta(days=93), "value": 1.1, "source": "customer"}
    _version(tx, ObservationVersionRow, customer_id=who.id, **reading)
    if who.guarantor:
        _version(tx, GuaranteeVersionRow, guarantee=f"G-{who.id}", guarantor=who.guarantor, customer_id=who.id)


def _scored(tx: Tx, who: Who, place: int) -> None:
    for grade, since, until in ((Grade.LOW, BEFORE, MONDAY - timedelta(hours=1)), (Grade.HIGH, MONDAY - timedelta(hours=1), None)):
        id, loss = next(_numbers), Decimal(10 * int(grade) + place)
        figures = {"expected_loss": loss, "ead": loss, "pd": 0.1, "lgd": 0.4, "currency": "EUR", "fingerprint": 1}
        known = {"known_at": since, "superseded_at": until, "grade": int(grade), "model_grade": int(grade)}
        tx.connection.execute(insert(ScoreVersionRow).values(id=id, run_id=1, customer_id=who.id, **known, **figures))
        drivers = {"days_past_due": f"F-{who.id}", "pd": None} | ({"guarantor": who.guarantor} if who.guarantor else {})
        for driver, reference in drivers.items():
            said = {"driver": driver, "grade": int(grade), "value": float(place + 1), "reference": reference}
            tx.connection.execute(insert(ScoreDriverRow).values(id=next(_numbers), score_id=id, **said))


def _register(tx: Tx, who: Who) -> None:
    risk = Risk(
        id=risks.next_id(tx),
        customer=who.id,
        kind=RiskKind.THREAT,
        category=Category.CREDIT,
        title=f"the buyer of {who.id} has left",
        inherent=Assessment(3, 3, 3),
        level=Level(3),
        owner="U0ANA",
        department=who.department,
        source=f"M-{who.id}",
        logged_by="U0ANA",
        logged_at=MONDAY,
        version=1,
    )
    risks.add(tx, risk)
    for state in (ProposalState.APPROVED, ProposalState.PROPOSED):
        measure = {"strategy": Strategy.REDUCE, "measure": f"a pledge of {who.id}", "owner": "U0ANA", "due": SINCE.date()}
        proposed = {"state": state, "proposed_by": "U0ANA", "proposed_at": MONDAY}
        treated = Response(id=responses.next_id(tx), risk=int(risk.id), **measure, **proposed)
        responses.add(tx, treated)
    opened = {"opened_at": MONDAY - timedelta(hours=2), "acknowledge_by": MONDAY + timedelta(hours=2), "threshold": 1.2}
    for kri, state in (("DSCR", BreachState.OPEN), ("Current ratio", BreachState.ACKNOWLEDGED)):
        reading = Reading(1.1, TODAY, "customer")
        taken = {"acknowledged_by": "U0ANA", "acknowledged_at": MONDAY} if state is BreachState.ACKNOWLEDGED else {}
        key = f"{next(_numbers):032x}"
        breaches.add(tx, Breach(breaches.next_id(tx), key, kri, who.id, Colour.RED, reading, state=state, **opened, **taken))
    for state in (ProposalState.APPROVED, ProposalState.PROPOSED):
        said = {"grade": Grade.MEDIUM, "model": Grade.HIGH, "until": TODAY, "reason": f"because of {who.id}"}
        proposed = {"state": state, "proposed_by": "U0ANA", "proposed_at": MONDAY}
        overrides.add(tx, Override(id=overrides.next_id(tx), customer=who.id, **said, **proposed))
        judged = {"kind": JudgementKind.REBUTTAL, "since": TODAY, "until": TODAY, "reason": f"because of {who.id}"}
        judgements.add(tx, Judgement(id=judgements.next_id(tx), customer=who.id, **judged, **proposed))
    _ask_about(tx, who, treated.id)
    approved, voter = _ask_about(tx, who, OverrideId(99)), Voter.own("U0OMAR", frozenset({Role.APPROVER}))
    on_top = [(f"a report on {who.id}", TODAY)]
    decided, _happened = approval.decide(approved, Choice.APPROVE, by=voter, at=MONDAY, people=People(), conditions=on_top)
    approvals.save(tx, approved, decided)


def _ask_about(tx: Tx, who: Who, subject: Reference) -> Approval:
    key, said = f"{next(_numbers):032x}", {"customer": who.id, "title": f"a pledge of {who.id}"}
    asked, _happened = approval.request(
        approvals.next_id(tx), key=key, subject=subject, kind=Matter.RESPONSE, stages=(Stage(),), **said, by="U0ANA", at=MONDAY, days=14
    )
    approvals.add(tx, asked)
    return asked


# --- books and those who look at them ----------------------------------------------------------------------------

DEPARTMENTS = ("Corporate", "corporate", "Übersee", "ÜBERSEE", "Projects")
MANAGERS = ("U0MEI", "u0mei", "Mei Chen", "U0ANA")


@st.composite
def books(draw: st.DrawFn) -> list[Who]:
    ids = [f"C{place}" for place in range(draw(st.integers(2, 6)))]
    department, manager = (st.none() | st.sampled_from(known) for known in (DEPARTMENTS, MANAGERS))
    group, guarantor = st.sampled_from((None, "North Group")), st.none() | st.sampled_from(ids)
    return [
        Who(id, draw(department), draw(manager), draw(group), draw(st.sampled_from(("EUR", "USD"))), draw(department), draw(guarantor))
        for id in ids
    ]


# every department with every manager, and what else there is in turns
PEOPLE = [
    Who(
        f"C{place:02d}",
        department,
        manager,
        ("North Group", None)[place % 2],
        ("EUR", "USD", "EUR")[place % 3],
        (*DEPARTMENTS, None)[place % 6],
        (None, f"C{(place * 7) % 30:02d}")[place % 2],
    )
    for place, (department, manager) in enumerate(product((*DEPARTMENTS, None), (*MANAGERS, None)))
]


narrow = st.builds(
    Sight,
    st.sampled_from((Reach.DEPARTMENT, Reach.OWN)),
    st.frozensets(st.sampled_from((*DEPARTMENTS, "NOWHERE", "")), max_size=2),
    st.frozensets(st.sampled_from((*MANAGERS, "mei CHEN", "")), max_size=2),
)


def within(sight: Sight, who: Who) -> bool:
    """Whether somebody sees a customer, said in other words than the product's."""
    departments = [one.lower() for one in sight.departments if one] if sight.reach is Reach.DEPARTMENT else []
    theirs = who.manager is not None and who.manager.lower() in [one.lower() for one in sight.names]
    return theirs or (who.department is not None and who.department.lower() in departments)
