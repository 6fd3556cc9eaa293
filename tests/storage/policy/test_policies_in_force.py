"""The policy in force: recorded at a start, changed by approval, one at a time, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from risk_engine.approvals.proposal import ProposalState
from risk_engine.policy.policy import Policy
from risk_engine.policy.policy_change import PolicyChange, enacted, propose
from risk_engine.policy.policy_keys import resolve
from storage.database import Conflict, Database
from storage.policy import policies, policies_in_force, policy_changes
from storage.policy.policies import PolicyError
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.risk_engine.deciding import GUARDED

LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def started(database: Database, policy: Policy) -> Database:
    """A database on which a bot has started with the packaged policy."""
    start(database, policy)
    return database


def start(database: Database, policy: Policy, file: Path | None = None, at=MONDAY):
    with database.begin(EVERYTHING, write=True) as tx:
        return policies_in_force.begin(tx, policy, file=file, at=at)


def standing(database: Database):
    with database.begin(EVERYTHING) as tx:
        return policies_in_force.standing(tx)


def change(database: Database, key: str, text: str) -> PolicyChange:
    """A change that waits for a decision."""
    with database.begin(EVERYTHING, write=True) as tx:
        held = policies_in_force.standing(tx)
        proposed, _event = propose(
            policy_changes.next_id(tx),
            path=resolve(held.values, key),
            text=text,
            base=held.base,
            changes=policy_changes.approved(tx),
            reason="the book has grown",
            roles_given=True,
            by="U0ANA",
            at=MONDAY,
        )
        policy_changes.add(tx, proposed)
    return proposed


def approve(database: Database, proposed: PolicyChange, at=LATER) -> None:
    with database.begin(EVERYTHING, write=True) as tx:
        held = policies_in_force.standing(tx)
        policy = enacted(proposed, base=held.base, changes=policy_changes.approved(tx), stages=GUARDED)
        policy_changes.replace_earlier(tx, proposed)
        policies_in_force.enact(tx, policy, instead_of=held, change=proposed, at=at)
        policy_changes.save(tx, proposed.become(ProposalState.APPROVED))


def over(tmp_path: Path, text: str) -> tuple[Policy, Path]:
    file = tmp_path / "policy.toml"
    file.write_text(text, "utf-8")
    return policies.read(file), file


def in_force(database: Database) -> Policy:
    return policies.valid(standing(database).values, origin="test")


def test_before_the_first_start_the_packaged_policy_holds(database: Database, policy: Policy):
    held = standing(database)

    assert (held.id, held.origin, held.since) == (0, "packaged", None)
    assert held.digest == policies.digest(policy)
    with database.begin(EVERYTHING) as tx:
        assert policies_in_force.newest(tx) == 0


def test_a_start_puts_a_policy_in_force_once(started: Database, policy: Policy):
    again, before = start(started, policy, at=LATER)
    held = standing(started)

    assert (held.id, held.origin, held.since, held.digest) == (1, "packaged", MONDAY, policies.digest(policy))
    assert (again, before) == (policy, None)


def test_what_is_read_back_is_the_same_policy_with_its_letters_in_order(started: Database, policy: Policy):
    back = in_force(started)

    assert policies.digest(back) == policies.digest(policy)
    assert list(back.scoring.master_scale[0].pd) == list(policy.scoring.master_scale[0].pd)


def test_another_file_at_a_start_is_another_version_and_so_is_the_one_before_again(started: Database, policy: Policy, tmp_path: Path):
    other, file = over(tmp_path, "[alerts]\nred_hours = 4\n")
    _policy, before = start(started, other, file, at=LATER)
    changed = standing(started)
    start(started, policy)

    assert before is not None and before.origin == "packaged"  # noqa: PT018
    assert (changed.id, changed.origin, changed.values["alerts"]["red_hours"]) == (2, str(file), 4)
    assert (standing(started).id, standing(started).digest) == (3, policies.digest(policy))


def test_an_approved_change_is_in_force_and_outlives_a_restart(started: Database, policy: Policy):
    approve(started, change(started, "responses.default_days", "60"))
    held = standing(started)
    after_restart, before = start(started, policy, at=LATER + timedelta(days=1))

    assert (held.origin, held.since, held.base["responses"]["default_days"]) == ("P-1", LATER, 90)
    assert in_force(started).responses.default_days == after_restart.responses.default_days == 60
    assert before is None
    assert standing(started) == held


def test_a_change_lies_over_a_new_file_that_does_not_name_its_key(started: Database, tmp_path: Path):
    approve(started, change(started, "responses.default_days", "60"))
    other, file = over(tmp_path, "[alerts]\nred_hours = 4\n")

    both, _before = start(started, other, file)

    assert (both.responses.default_days, both.alerts.red_hours) == (60, 4)


def test_a_file_that_changes_what_was_changed_by_approval_is_refused_by_name(started: Database, tmp_path: Path):
    approve(started, change(started, "responses.default_days", "60"))
    other, file = over(tmp_path, "[responses]\ndefault_days = 45\n")

    with pytest.raises(PolicyError) as refused:
        start(started, other, file)

    assert str(refused.value).startswith(
        f"{file}: responses.default_days: found 45, but P-1 changed it to 60 by approval. Set it to 60 or leave it as it was, 90"
    )
    assert in_force(started).responses.default_days == 60


@pytest.mark.parametrize("says", [60, 90])
def test_a_file_that_says_what_was_approved_or_what_it_said_is_taken(started: Database, tmp_path: Path, says: int):
    approve(started, change(started, "responses.default_days", "60"))
    other, file = over(tmp_path, f"[responses]\ndefault_days = {says}\n")

    policy, _before = start(started, other, file)

    assert policy.responses.default_days == 60


def test_a_file_without_an_entry_that_was_changed_by_approval_is_refused_by_name(started: Database, tmp_path: Path):
    approve(started, change(started, "kri.Debt service cover.amber", "1.3"))
    one = "[[kri]]\nname = 'Mine'\nindicator = 'k'\ndirection = 'high'\namber = 1\nred = 2\nfrequency = 'yearly'\n"
    other, file = over(tmp_path, one)

    with pytest.raises(PolicyError, match=r"kri\.Debt service cover\.amber: found None, but P-1"):
        start(started, other, file)


def test_a_file_that_does_not_go_with_what_was_approved_is_refused_with_the_change(started: Database, tmp_path: Path, policy: Policy):
    approve(started, change(started, "kri.Debt service cover.amber", "1.06"))
    kris = [replace_red(kri) for kri in policy.model_dump(mode="json")["kri"]]
    other = policies.valid(policy.model_dump(mode="json") | {"kri": kris}, origin="test")

    with pytest.raises(PolicyError, match=r"P-1 \(kri.Debt service cover.amber\) over it: .*red must lie beyond amber"):
        start(started, other)


def test_an_entry_that_a_new_version_packages_no_more_is_missed_by_name(started: Database, policy: Policy):
    approve(started, change(started, "kri.Debt ratio.amber", "0.75"))
    fewer = policy.model_copy(update={"kri": tuple(kri for kri in policy.kri if kri.name != "Debt ratio")})

    with pytest.raises(PolicyError, match=r"P-1 \(kri.Debt ratio.amber\) over it: there is no entry 'Debt ratio' any more"):
        start(started, fewer)


def replace_red(kri):
    return kri | {"red": 1.1} if kri["name"] == "Debt service cover" else kri


def test_a_later_change_of_a_key_replaces_the_earlier_and_going_back_both(started: Database):
    for text in ("60", "45", "packaged"):
        approve(started, change(started, "responses.default_days", text))

    with started.begin(EVERYTHING) as tx:
        states = [one.state for one in policy_changes.of_key(tx, ("responses", "default_days"))]
        holding = policy_changes.approved(tx)
    assert states == [ProposalState.REPLACED, ProposalState.REPLACED, ProposalState.APPROVED]
    assert [one.back for one in holding] == [True]
    assert in_force(started).responses.default_days == 90


def test_what_was_rejected_stays_so_when_another_change_of_its_key_is_approved(started: Database):
    rejected = change(started, "responses.default_days", "45")
    with started.begin(EVERYTHING, write=True) as tx:
        policy_changes.save(tx, rejected.become(ProposalState.REJECTED))
    approve(started, change(started, "responses.default_days", "60"))

    with started.begin(EVERYTHING) as tx:
        assert [one.state for one in policy_changes.of_key(tx, rejected.path)] == [ProposalState.REJECTED, ProposalState.APPROVED]


def test_of_two_that_are_put_in_force_at_once_one_comes_second(started: Database):
    first, second = change(started, "responses.default_days", "60"), change(started, "alerts.red_hours", "12")
    stale = standing(started)
    approve(started, first)
    policy = enacted(second, base=stale.base, changes=[], stages=())

    with pytest.raises(Conflict), started.begin(EVERYTHING, write=True) as tx:
        policies_in_force.enact(tx, policy, instead_of=stale, change=second, at=LATER)

    approve(started, second)
    assert (in_force(started).responses.default_days, in_force(started).alerts.red_hours) == (60, 12)


def test_a_second_change_of_a_key_waits_for_the_first_whatever_comes_between(started: Database):
    first = change(started, "responses.default_days", "60")

    with pytest.raises(Conflict), started.begin(EVERYTHING, write=True) as tx:
        policy_changes.add(tx, replace(first, id=policy_changes.next_id(tx), value=45))

    with started.begin(EVERYTHING, write=True) as tx:
        policy_changes.save(tx, first.become(ProposalState.REJECTED))
    change(started, "responses.default_days", "45")
    with started.begin(EVERYTHING) as tx:
        assert [one.value for one in policy_changes.waiting(tx)] == [45]


@pytest.mark.parametrize(
    ("key", "text"), [("digest.weekdays", "[1, 2]"), ("channels.alerts", "deals"), ("scoring.internal_first", "false")]
)
def test_a_change_is_read_back_as_it_was_written(started: Database, key: str, text: str):
    proposed = change(started, key, text)

    with started.begin(EVERYTHING) as tx:
        assert policy_changes.get(tx, proposed.id) == proposed
