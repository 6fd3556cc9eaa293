"""The ids that people type."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from risk_engine.references import LARGEST, ApprovalId, BreachId, ResponseId, RiskId, UnknownId

KINDS = [RiskId, ResponseId, ApprovalId, BreachId]


@pytest.mark.parametrize("typed", ["R-17", "r-17", "R17", "r17", "17", " R-17 ", "R-017", 17])
def test_a_risk_is_typed_in_many_ways(typed):
    assert RiskId.parse(typed) == RiskId(17)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "R-",
        "R-0",
        "0",
        "-17",
        "T-17",
        "R--17",
        "R-1.5",
        "R 17",
        "R-１７",
        "R-٣",
        "17R",
        True,
        None,
        1.5,
        0,
        -3,
        2**31,
        "R-2147483648",
        "9" * 20,
    ],
)
def test_anything_else_is_refused_with_an_example(typed):
    with pytest.raises(ValueError, match="expected an id like R-17"):
        RiskId.parse(typed)


@pytest.mark.parametrize("kind", KINDS)
@given(number=st.integers(1, LARGEST))
def test_what_is_written_is_read_back(kind, number):
    assert kind.parse(str(kind(number))) == number
    assert f"{kind(number)}" == f"{kind.letter}-{number}"


def test_each_kind_has_a_letter_of_its_own():
    assert [kind.letter for kind in KINDS] == ["R", "T", "A", "B"]


def test_a_form_and_a_stored_answer_carry_the_bare_number():
    class Args(BaseModel):
        risk: RiskId

    args = Args.model_validate({"risk": "r-17"})

    assert args.model_dump(mode="json") == {"risk": 17}
    assert Args.model_validate(json.loads(args.model_dump_json())) == args
    with pytest.raises(ValidationError):
        Args.model_validate({"risk": "T-17"})


@given(number=st.integers(1, LARGEST))
def test_ids_of_different_kinds_are_different_whatever_their_number(number):
    ids = {kind(number) for kind in (*KINDS, UnknownId)}

    assert len(ids) == len(KINDS) + 1
    assert RiskId(number) != ResponseId(number)
    assert not RiskId(number) == ResponseId(number)  # noqa: SIM201 both operators are our own
    assert {RiskId(number): "risk"}.get(ResponseId(number)) is None
    assert (RiskId(number) == RiskId(number), RiskId(number) != RiskId(number)) == (True, False)


def test_an_id_equals_its_plain_number_by_which_the_database_knows_it():
    assert {17: "row"}[RiskId(17)] == "row"
    assert (RiskId(17) == 17, RiskId(17) != 18, RiskId(17) == "R-17") == (True, True, False)
