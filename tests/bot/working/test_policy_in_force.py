"""The policy while the bot runs: every replica follows an approved change at its next request, and none loses one."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.cli import main
from bot.policy_in_force import PolicyBook
from bot.scoring.rescoring import FOLLOWING, QUIET, Rescorer
from bot.working.executor import Executor
from commands.kit.contract import Person
from playground.hosting import Playground
from risk_engine.approvals.proposal import ProposalState
from risk_engine.policy.events import PolicyChanged, PolicySetAside
from risk_engine.policy.policy import Policy
from risk_engine.policy.policy_change import PolicyChange
from risk_engine.policy.policy_keys import put, value_at
from risk_engine.references import PolicyChangeId
from storage import events
from storage.database import Database
from storage.policy import policies, policies_in_force, policy_changes
from storage.policy.policies import PolicyError
from storage.schema import PolicyVersionRow
from storage.sight import EVERYTHING
from tests.bot.carrying import HandClock
from tests.bot.executing import EVA, OMAR, button_keys, carry_out, executor_for, ticket
from tests.conftest import ENGLISH, MONDAY
from tests.happened import happened

DAYS = {"key": "responses.default_days", "value": "60", "reason": "reviews are every two months now"}
HOURS = {"key": "alerts.red_hours", "value": "12", "reason": "half a working day is enough"}


@pytest.fixture
def replicas(workspace: Playground, database: Database, policy: Policy) -> list[Executor]:
    """Two processes' executors on one database, each with what it remembers of the policy."""
    made = [executor_for(workspace, database, policy) for _ in range(2)]
    made[0].policies.begin(file=None, at=MONDAY)
    return made


def all_at_once(*works) -> None:
    """Each in a thread of its own, let go at the same instant."""
    gate = threading.Barrier(len(works))

    def run(work) -> None:
        gate.wait()
        work()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_is_approved_on_one_replica_holds_on_the_other_at_its_next_request(replicas):
    one, other = replicas
    other_before = other.policies.now
    carry_out(one, "policy change", DAYS)
    carry_out(one, "approval.approve", {"key": button_keys(one.database, one.policies.now)[0]}, OMAR)
    request = other.request(ticket("help", {}), Person(EVA, "eva", ENGLISH))

    assert request.policy.responses.default_days == 60
    assert one.policies.now.responses.default_days == 60
    assert other_before.responses.default_days == 90


def test_while_nothing_changes_nothing_is_built_anew(replicas):
    one, _other = replicas

    assert one.policies.now is one.policies.now


def test_a_request_that_began_before_a_change_does_not_bring_the_old_policy_back(sqlite: Database, policy: Policy):
    book = PolicyBook(sqlite, policy)
    book.begin(file=None, at=MONDAY)
    newer = policies.valid(put(policy.model_dump(mode="json"), ("retention", "answers"), 3), origin="test")
    with sqlite.begin(EVERYTHING) as early:
        seen_early = policies_in_force.newest(early)
        with sqlite.begin(EVERYTHING, write=True) as tx:
            policies_in_force.begin(tx, newer, file=None, at=MONDAY)
        after = book.now
        book._read(seen_early, early)

    assert after.retention.answers == 3
    assert book.now is after


def test_two_changes_approved_at_the_same_instant_are_both_in_force(replicas):
    one, other = replicas
    for values in (DAYS, HOURS):
        carry_out(one, "policy change", values)
    first, second = button_keys(one.database, one.policies.now)

    all_at_once(
        lambda: carry_out(one, "approval.approve", {"key": first}, OMAR),
        lambda: carry_out(other, "approval.approve", {"key": second}, EVA),
    )

    assert [(each.policies.now.responses.default_days, each.policies.now.alerts.red_hours) for each in replicas] == [(60, 12)] * 2
    with one.database.begin(EVERYTHING) as tx:
        assert policies_in_force.newest(tx) == 3


def test_one_change_approved_by_two_at_the_same_instant_is_put_in_force_once(replicas):
    one, other = replicas
    carry_out(one, "policy change", DAYS)
    (key,) = button_keys(one.database, one.policies.now)

    all_at_once(
        lambda: carry_out(one, "approval.approve", {"key": key}, OMAR),
        lambda: carry_out(other, "approval.approve", {"key": key}, EVA),
    )

    with one.database.begin(EVERYTHING) as tx:
        assert policies_in_force.newest(tx) == 2
        assert events.kinds(tx).count("policy.changed") == 1
        assert len(policy_changes.approved(tx)) == 1


def test_two_proposals_for_one_key_at_the_same_instant_are_one(replicas):
    one, other = replicas

    all_at_once(lambda: carry_out(one, "policy change", DAYS), lambda: carry_out(other, "policy change", DAYS, EVA))

    with one.database.begin(EVERYTHING) as tx:
        assert len(policy_changes.waiting(tx)) == 1
    assert len(button_keys(one.database, one.policies.now)) == 1


def test_replicas_that_start_at_the_same_instant_put_one_policy_in_force(database: Database, policy: Policy):
    books = [PolicyBook(database, policy) for _ in range(3)]

    all_at_once(*(lambda book=book: book.begin(file=None, at=MONDAY) for book in books))

    with database.begin(EVERYTHING) as tx:
        assert policies_in_force.newest(tx) == 1


def test_a_policy_that_a_newer_version_has_put_in_force_is_not_read_and_the_last_one_holds(sqlite: Database, policy: Policy, caplog):
    book = PolicyBook(sqlite, policy)
    book.begin(file=None, at=MONDAY)
    with sqlite.begin(EVERYTHING, write=True) as tx:
        newer = policies.valid(put(policy.model_dump(mode="json"), ("retention", "answers"), 3), origin="test")
        policies_in_force.begin(tx, newer, file=None, at=MONDAY)
        content = newer.model_dump(mode="json") | {"invented_later": {"x": 1}}
        tx.connection.execute(sa.update(PolicyVersionRow).where(PolicyVersionRow.digest == policies.digest(newer)).values(content=content))

    assert book.now is policy
    assert "invented_later" in caplog.text


# --- a start with another file -----------------------------------------------------------------------------------------


def approved(executor: Executor) -> None:
    carry_out(executor, "policy change", DAYS)
    carry_out(executor, "approval.approve", {"key": button_keys(executor.database, executor.policies.now)[0]}, OMAR)


def test_a_start_with_another_file_is_on_record_with_the_keys_that_changed(sqlite: Database, policy: Policy, tmp_path: Path):
    file = tmp_path / "policy.toml"
    file.write_text("[alerts]\nred_hours = 12\n", "utf-8")
    PolicyBook(sqlite, policy).begin(file=None, at=MONDAY)
    PolicyBook(sqlite, policies.read(file)).begin(file=file, at=MONDAY + timedelta(days=1))
    with sqlite.begin(EVERYTHING) as tx:
        changed = next(one for one in happened(tx, PolicyChanged) if one.at > MONDAY)

    assert changed.facts["keys"] == ["alerts.red_hours"]
    assert changed.facts["origin"] == str(file)


def following(rescorer: Rescorer) -> list[str]:
    """The slots of a scoring that follows a change."""
    return [slot for job, slot in rescorer._due() if job == FOLLOWING]


def test_scores_follow_another_policy_at_a_start(sqlite: Database, policy: Policy, tmp_path: Path):
    file, clock = tmp_path / "policy.toml", HandClock()
    file.write_text("[scoring]\npd_floor = 0.001\n", "utf-8")
    PolicyBook(sqlite, policy).begin(file=None, at=clock.now())
    rescorer = Rescorer(sqlite, PolicyBook(sqlite, policy), clock)
    before = following(rescorer)
    PolicyBook(sqlite, policies.read(file)).begin(file=file, at=clock.now())
    clock.move(QUIET.total_seconds() + 1)

    assert (before, len(following(rescorer))) == ([], 1)
    assert rescorer.policies.now.scoring.pd_floor == 0.001


def test_a_file_that_changes_what_was_changed_by_approval_does_not_start(replicas, tmp_path: Path):
    approved(replicas[0])
    file = tmp_path / "policy.toml"
    file.write_text("[responses]\ndefault_days = 45\n", "utf-8")

    with pytest.raises(PolicyError, match="default_days: found 45, but P-1 changed it to 60 by approval"):
        PolicyBook(replicas[0].database, policies.read(file)).begin(file=file, at=MONDAY)
    assert replicas[1].policies.now.responses.default_days == 60


@pytest.mark.parametrize("command", [["run"], ["score"], ["digest"], ["data"]])
def test_every_command_of_the_terminal_refuses_that_file_by_name(
    command, sqlite: Database, policy: Policy, workspace: Playground, tmp_path: Path, monkeypatch, capsys
):
    executor = executor_for(workspace, sqlite, policy)
    executor.policies.begin(file=None, at=MONDAY)
    approved(executor)
    file = tmp_path / "policy.toml"
    file.write_text("[responses]\ndefault_days = 45\n", "utf-8")
    environment = {
        "DATABASE_URL": sqlite.address,
        "RISKBOT_POLICY": str(file),
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    code = main(command)

    assert code == 1
    assert f"{file}: responses.default_days: found 45, but P-1 changed it to 60 by approval" in capsys.readouterr().err


# --- what an older version took and this one does not -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("retention", "audit_days"), 30),
        (("audit", "anchor_file"), "/tmp/elsewhere"),
        (("data", "valuation_days"), 500),
        (("scoring", "grades", "not_rated"), "high"),
    ],
)
def test_an_approved_change_that_the_model_takes_no_more_is_set_aside_and_locks_no_start(database: Database, policy: Policy, path, value):
    book = PolicyBook(database, policy)
    book.begin(file=None, at=MONDAY)
    packaged = value_at(policy.model_dump(mode="json"), path)
    said = {"path": path, "value": value, "back": False, "before": packaged, "base": packaged, "reason": "agreed"}
    older = PolicyChange(id=PolicyChangeId(1), state=ProposalState.APPROVED, proposed_by="U0ANA", proposed_at=MONDAY, **said)
    with database.begin(EVERYTHING, write=True) as tx:
        policy_changes.add(tx, older)
    again = PolicyBook(database, policy)
    again.begin(file=None, at=MONDAY + timedelta(hours=1))

    assert value_at(again.now.model_dump(mode="json"), path) == packaged
    with database.begin(EVERYTHING) as tx:
        assert policy_changes.get(tx, PolicyChangeId(1)).state is ProposalState.REPLACED
        assert events.last_of(tx, "P-1", PolicySetAside).facts["from"] == value
