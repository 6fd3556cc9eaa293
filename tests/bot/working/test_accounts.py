"""Two accounts with one e-mail address are one person, until an administrator says that they are two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.working.executor import Executor
from playground.hosting import Playground
from playground.workspace import happenings
from risk_engine.people.roles import Role
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.people import accounts
from storage.sight import EVERYTHING
from tests.bot.executing import EVA, MAKER, approval_waits, ends, executor_for, heard, keep, load, ticket

SECOND = "U0ANA2"


@pytest.fixture
def under(workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path) -> Callable[..., Executor]:
    """An executor over a small book, under a policy that maps these accounts; Ana has a second account with the same address."""
    load(sqlite, tmp_path)
    twin = replace(workspace.core.workspace.members[MAKER], id=SECOND, handle="ana2", email="ANA@Playground.example")
    workspace.happens(happenings.hires, twin)
    general = workspace.core.workspace.channels["C0GENERAL"]
    general.members.add(SECOND)

    def make(**mapped: str) -> Executor:
        return executor_for(workspace, sqlite, policy.model_copy(update={"people": policy.people.model_copy(update={"accounts": mapped})}))

    return make


def approve(executor: Executor, button: str, person: str) -> str:
    executor.write(keep(executor.database, ticket("approval.approve", {"key": button}, person)))
    return ends(executor.database)[-1]


def test_the_second_account_does_not_approve_what_the_first_asked_for(workspace: Playground, under):
    executor = under()
    (button,) = approval_waits(executor)

    assert approve(executor, button, SECOND) == "refused"
    assert heard(workspace, "ana2")[-1].startswith(f"<@{MAKER}> requested A-1 and counts as you")
    assert "[people.accounts]" in heard(workspace, "ana2")[-1]
    assert approve(executor, button, EVA) == "done"


@pytest.mark.parametrize("own", [MAKER, SECOND])
def test_an_administrator_says_that_they_are_two(under, own: str):
    executor = under(**{own: own})
    (button,) = approval_waits(executor)

    assert approve(executor, button, SECOND) == "done"


@pytest.mark.parametrize("email", ["ana+2@playground.example", "ana@playground.example.org"])
def test_another_address_is_another_person(workspace: Playground, under, email: str):
    executor = under()
    workspace.happens(happenings.changes, SECOND, email=email, quietly=True)
    (button,) = approval_waits(executor)

    assert approve(executor, button, SECOND) == "done"


def test_a_first_account_that_was_deactivated_since_is_still_the_same_person(workspace: Playground, under):
    executor = under()
    (button,) = approval_waits(executor)
    workspace.happens(happenings.changes, MAKER, deleted=True, quietly=True)
    executor.people.changed({"id": MAKER, "deleted": True})

    assert approve(executor, button, SECOND) == "refused"


def test_an_address_that_became_the_same_after_the_request_counts_as_well(workspace: Playground, under):
    executor = under()
    workspace.happens(happenings.changes, SECOND, email="another@playground.example", quietly=True)
    (button,) = approval_waits(executor)
    for account in (MAKER, SECOND):
        workspace.happens(happenings.changes, account, email="both@playground.example", quietly=True)
    executor.courier.clock.move(61)

    assert approve(executor, button, SECOND) == "refused"


def test_nobody_gives_their_second_account_a_role(workspace: Playground, under):
    executor = under()
    executor.people._administrators = frozenset({MAKER})
    executor.write(keep(executor.database, ticket("people set", {"person": SECOND, "roles": [Role.APPROVER.value]}, MAKER)))

    assert ends(executor.database)[-1] == "refused"
    assert "You cannot change your own roles" in heard(workspace, "ana")[-1]


def test_an_address_is_on_record_as_its_digest_alone(under):
    executor = under()
    approval_waits(executor)
    with executor.database.begin(EVERYTHING, write=True) as tx:
        accounts.seen(tx, {"U0NEW": " Ana@PLAYGROUND.example"}, at=executor.clock.now())
        shared = accounts.sharing(tx)

    assert shared == [(MAKER, "U0NEW")]


def test_where_slack_gives_no_addresses_the_status_says_what_that_means(workspace: Playground, under):
    executor = under()
    executor.people.user(MAKER)
    told = executor.people.troubles()
    workspace.core.manifest = replace(
        workspace.core.manifest, scopes=frozenset(workspace.core.manifest.scopes or ()) - {"users:read.email"}
    )
    executor.people.forget(MAKER)
    executor.people.user(MAKER)

    assert told == []
    assert "Give the app the scope users:read.email" in str(executor.people.troubles()[0])
