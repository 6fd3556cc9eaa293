"""A condition stays until somebody other than the maker of the request finds it met."""

from __future__ import annotations

from datetime import date

import pytest

from risk_engine.approvals.condition import Condition, meet
from risk_engine.approvals.refusals import ConditionAlreadyMet, MakerCannotDecide
from risk_engine.references import ApprovalId
from tests.risk_engine.deciding import LATER
from tests.risk_engine.refused import facts_of

FILED = Condition(ApprovalId(3), 2, "file the deed", date(2026, 12, 1), "U0OMAR")


def test_somebody_else_than_the_maker_finds_it_met():
    met, happened = meet(FILED, maker="U0ANA", by="U0OMAR", at=LATER, evidence="entry 1204/26")

    assert (FILED.open, met.open, met.met_by, met.met_at, met.evidence) == (True, False, "U0OMAR", LATER, "entry 1204/26")
    assert (happened.kind, happened.subject, happened.actor) == ("condition.met", "A-3", "U0OMAR")
    assert happened.facts == {"number": 2, "condition": "file the deed", "evidence": "entry 1204/26"}


def test_the_maker_does_not_and_nobody_does_twice():
    with pytest.raises(MakerCannotDecide):
        meet(FILED, maker="U0ANA", by="U0ANA", at=LATER, evidence="I swear")
    met, _happened = meet(FILED, maker="U0ANA", by="U0OMAR", at=LATER, evidence="entry 1204/26")

    with pytest.raises(ConditionAlreadyMet) as refused:
        meet(met, maker="U0ANA", by="U0EVA", at=LATER, evidence="so do I")
    assert facts_of(refused.value) == {"approval": 3, "number": 2, "by": "U0OMAR", "at": LATER}
