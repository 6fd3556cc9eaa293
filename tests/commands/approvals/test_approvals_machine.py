"""Anybody asks, decides, delegates, withdraws and lets time pass, in any order: four eyes hold, and the trail stays whole."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from commands.approvals import deciding
from commands.approvals.asking import ask_for
from commands.data.importing import run_import
from commands.delivery import record
from commands.kit.access.authority import authority_of
from commands.kit.contract import Person, Refused, Request
from risk_engine.approvals import approval as engine
from risk_engine.approvals import delegation
from risk_engine.approvals.approval_policy import Approvals
from risk_engine.approvals.ballot import Choice
from risk_engine.approvals.proposal import ProposalState
from risk_engine.events import Event
from risk_engine.people.membership import Member
from risk_engine.people.roles import Role
from risk_engine.refusals import Refusal
from risk_engine.register import response
from risk_engine.register.assessment import Assessment, Category, RiskKind
from risk_engine.register.register import log
from risk_engine.register.response import Strategy
from storage.approvals import approvals, delegations
from storage.audit import rows
from storage.audit.chain import Key
from storage.audit.sealing import seal
from storage.audit.verifying import Verifier
from storage.database import Database, Tx
from storage.migrations import migrate
from storage.people import people
from storage.policy import policies
from storage.register import responses, risks
from storage.schema import ApprovalRow, DecisionRow, EventRow, ResponseRow, VoteRow
from storage.sight import EVERYTHING
from tests.conftest import ENGLISH, LET_IN, MONDAY

ROLES = {
    "U0ANA": {Role.RISK_MANAGER},
    "U0MEI": {Role.RISK_MANAGER, Role.APPROVER},
    "U0OMAR": {Role.APPROVER},
    "U0EVA": {Role.APPROVER},
    "U0BEN": {Role.APPROVER},
    "U0ADM": {Role.ADMINISTRATOR, Role.APPROVER},
    # second accounts
    "U0BEN2": {Role.APPROVER},
    "U0MEI2": {Role.APPROVER},
}
PEOPLE = st.sampled_from(sorted(ROLES))
STEPS = {
    Strategy.REDUCE: [{}],
    Strategy.RETAIN: [{"quorum": 2}],
    Strategy.AVOID: [{"role": "risk_manager"}, {"quorum": 2}],
    Strategy.SHARE: [{}, {"committee": "credit"}],
}
COMMITTEE = {"credit": {"members": ["U0MEI", "U0OMAR", "U0EVA", "U0BEN"], "veto": ["U0EVA"]}}
PACKAGED = policies.read(None)
KEY = Key.of("the key of this test")
SECOND_ACCOUNT = {"U0BEN2": "U0BEN", "U0MEI2": "U0MEI"}


def under(strategy: Strategy):
    """The policy in which such a request takes these steps."""
    table = PACKAGED.approvals.model_dump() | {"authority": [{"steps": STEPS[strategy]}], "committees": COMMITTEE}
    someone = PACKAGED.people.model_copy(update={"accounts": SECOND_ACCOUNT})
    return PACKAGED.model_copy(update={"approvals": Approvals.model_validate(table), "people": someone})


def with_facts(key: str, request: Request, tx: Tx) -> str:
    """What a button that is shown now carries."""
    asked = deciding.waiting_for(key, tx)
    return deciding.button_key(asked, deciding.present(asked, request.policy, tx))


class FourEyes(RuleBasedStateMachine):
    asked, given = Bundle("asked"), Bundle("given")

    @initialize()
    def a_house(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        file = self.folder / "riskbot.db"
        shutil.copy(_migrated(), file)
        self.database, self.now, self.decided = Database(f"sqlite:///{file}"), MONDAY, {}
        with self.database.begin(EVERYTHING, write=True) as tx:
            for who, roles in ROLES.items():
                people.save(tx, replace(Member(who), roles=frozenset(roles), given_by="U0ADM", given_at=MONDAY))

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.folder)

    def request(self, tx: Tx, who: str, strategy: Strategy = Strategy.REDUCE) -> Request:
        policy = under(strategy)
        authority = authority_of(tx, who, policy, at=self.now)
        return Request(Person(who, who, ENGLISH), self.now, policy, f"{who} {self.now}", "C0", authority=authority, **LET_IN)

    @rule(target=asked, who=PEOPLE, strategy=st.sampled_from(sorted(STEPS)))
    def a_request(self, who: str, strategy: Strategy) -> str:
        return self.somebody_asks(who, strategy)

    def somebody_asks(self, who: str, strategy: Strategy) -> str:
        with self.database.begin(EVERYTHING, write=True) as tx:
            request = self.request(tx, who, strategy)
            about = {"kind": RiskKind.THREAT, "category": Category.CREDIT, "title": "late", "customer": "ACME"}
            risk, _logged = log(
                risks.next_id(tx), assessment=Assessment(3, 3, 2), matrix=PACKAGED.matrix, owner=who, by=who, at=self.now, **about
            )
            risks.add(tx, risk)
            day = self.now.date()
            told = {"strategy": strategy, "measure": "sell the plant", "due": day, "by": who, "at": self.now, "today": day}
            proposed, happened = response.propose(responses.next_id(tx), risk=risk, **told)
            responses.add(tx, proposed)
            record(tx, happened, PACKAGED)
            return ask_for(proposed.id, "ACME", "sell the plant", request, tx).key

    @rule(key=asked, who=PEOPLE, choice=st.sampled_from(Choice), reason=st.sampled_from([None, " ", "because"]))
    def somebody_presses(self, key: str, who: str, choice: Choice, reason: str | None) -> None:
        self.attempt(who, lambda request, tx: deciding.decide(with_facts(key, request, tx), choice, request, tx, reason=reason))

    @rule(key=asked, again=st.booleans(), other=st.booleans())
    def whoever_should_not_presses(self, key: str, again: bool, other: bool) -> None:
        """The maker, or whoever spoke last; by their own account or another of theirs, in person or through a deputy of today."""
        with self.database.begin(EVERYTHING) as tx:
            asked = approvals.by_key(tx, key)
        who = asked.votes[-1].authority if again and asked.votes else asked.maker
        accounts = {**{human: account for account, human in SECOND_ACCOUNT.items()}, **SECOND_ACCOUNT}
        account = accounts.get(who, who) if other else who
        self.attempt(account, lambda request, tx: deciding.decide(with_facts(key, request, tx), Choice.APPROVE, request, tx))

    @rule(maker=st.sampled_from(["U0ANA", "U0BEN", "U0BEN2"]), tries=st.permutations(["U0BEN", "U0BEN2"]))
    def one_person_tries_to_be_two(self, maker: str, tries: list[str]) -> None:
        key = self.somebody_asks(maker, Strategy.RETAIN)
        for who in tries:
            self.attempt(who, lambda request, tx: deciding.decide(with_facts(key, request, tx), Choice.APPROVE, request, tx))

        with self.database.begin(EVERYTHING) as tx:
            assert len(approvals.by_key(tx, key).votes) == (maker == "U0ANA")

    @rule(maker=PEOPLE, who=PEOPLE, choice=st.sampled_from(Choice))
    def somebody_comes_too_late(self, maker: str, who: str, choice: Choice) -> None:
        key = self.somebody_asks(maker, Strategy.REDUCE)
        self.now += timedelta(days=PACKAGED.approvals.days)
        self.attempt(who, lambda request, tx: deciding.decide(with_facts(key, request, tx), choice, request, tx, reason="because"))

        with self.database.begin(EVERYTHING) as tx:
            assert approvals.by_key(tx, key).votes == ()

    @rule(key=asked, who=PEOPLE)
    def somebody_approves_what_they_have_not_seen(self, key: str, who: str) -> None:
        before = self.state()
        self.attempt(who, lambda request, tx: deciding.decide(f"{key}.{'0' * 12}", Choice.APPROVE, request, tx))

        assert self.state() == before

    @rule(target=given, giver=PEOPLE, to=PEOPLE, days=st.integers(1, 20))
    def somebody_delegates(self, giver: str, to: str, days: int) -> str | None:
        made: list[str] = []

        def give(request: Request, tx: Tx) -> None:
            told = {"giver": giver, "delegate": to, "since": self.now, "until": self.now + timedelta(days=days), "reason": "holiday"}
            one, happened = delegation.delegate(delegations.next_id(tx), **told, kinds=(), longest_days=60, at=self.now)
            delegations.add(tx, one)
            record(tx, happened, PACKAGED)
            made.append(str(one.id))

        self.attempt(giver, give)
        return made[0] if made else None

    @rule(id=given)
    def it_is_taken_back(self, id: str | None) -> None:
        def take(request: Request, tx: Tx) -> None:
            found = delegations.get(tx, delegation.DelegationId.parse(id))
            taken, happened = delegation.revoke(found, by=found.giver, at=self.now)
            delegations.revoke(tx, taken, by=found.giver)
            record(tx, happened, PACKAGED)

        if id is not None:
            self.attempt("U0ANA", take)

    @rule(key=asked, who=PEOPLE)
    def somebody_takes_it_back(self, key: str, who: str) -> None:
        def withdraw(request: Request, tx: Tx) -> None:
            before = approvals.by_key(tx, key)
            self.end(tx, before, *engine.withdraw(before, by=who, at=self.now))

        self.attempt(who, withdraw)

    @rule(hours=st.sampled_from([1, 30, 200, 400]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def the_clock_looks(self) -> None:
        with self.database.begin(EVERYTHING, write=True) as tx:
            for id in approvals.to_look_after(tx, now=self.now, remind_hours=(), warn_hours=0, limit=99):
                before = approvals.get(tx, id)
                self.end(tx, before, *engine.expire(before, at=self.now))

    def end(self, tx: Tx, before: engine.Approval, after: engine.Approval, happened: Event) -> None:
        deciding.subject_of(before).settle(tx, before.subject, after.verdict)
        approvals.save(tx, before, after)
        record(tx, happened, PACKAGED)

    def attempt(self, who: str, act) -> None:
        with suppress(Refusal, Refused), self.database.begin(EVERYTHING, write=True) as tx:
            act(self.request(tx, who), tx)

    def state(self) -> list[tuple]:
        with self.database.begin(EVERYTHING) as tx:
            return [tuple(row) for row in tx.connection.execute(sa.select(ApprovalRow.id, ApprovalRow.version, ApprovalRow.verdict))]

    # --- what holds after each step ----------------------------------------------------------------------------------

    def rows(self, *columns) -> list:
        with self.database.begin(EVERYTHING) as tx:
            return list(tx.connection.execute(sa.select(*columns)))

    @invariant()
    def nobody_decides_what_they_asked_for_by_no_account_and_no_deputy(self) -> None:
        human = under(Strategy.REDUCE).people.human
        for maker, person, authority in self.rows(VoteRow.maker, VoteRow.person, VoteRow.authority):
            assert human(maker) not in (human(person), human(authority))
            assert not any(Role.ADMINISTRATOR in ROLES.get(one, ()) for one in (person, authority))
        for maker, by, verdict in self.rows(ApprovalRow.maker, ApprovalRow.decided_by, ApprovalRow.verdict):
            assert (by == maker) == (verdict == ProposalState.WITHDRAWN)

    @invariant()
    def one_person_is_one_voice(self) -> None:
        human = under(Strategy.REDUCE).people.human
        voices: dict[int, list[str]] = {}
        for id, person, authority in self.rows(VoteRow.approval_id, VoteRow.person, VoteRow.authority):
            voices.setdefault(id, []).extend({human(person), human(authority)})
        assert all(len(each) == len(set(each)) for each in voices.values())

    @invariant()
    def there_is_one_decision_and_it_stays(self) -> None:
        decided = {id: (verdict, by) for id, verdict, by in self.rows(DecisionRow.approval_id, DecisionRow.verdict, DecisionRow.by)}
        standing = self.rows(ApprovalRow.id, ApprovalRow.verdict, ApprovalRow.decided_by)
        told = [subject for (subject,) in self.rows(EventRow.subject) if subject.startswith("A-")]
        ended = [f"A-{id}" for id in decided]

        assert {id: (verdict, by) for id, verdict, by in standing if verdict} == decided
        assert all(decided[id] == before for id, before in self.decided.items())
        assert all(told.count(subject) >= 2 for subject in ended)
        self.decided = decided

    @invariant()
    def an_approval_has_the_voices_that_it_takes(self) -> None:
        with self.database.begin(EVERYTHING) as tx:
            _count, ended = approvals.decided(tx, limit=99)
        for one in ended:
            if one.verdict is ProposalState.APPROVED:
                yes = [sum(vote.choice is Choice.APPROVE for vote in one.votes if vote.step == step) for step in range(len(one.stages))]
                needed = [stage.quorum if stage.committee is None else 1 for stage in one.stages]
                assert all(have >= need for have, need in zip(yes, needed, strict=True))
                assert one.decided_at < one.expires_at

    @invariant()
    def what_was_asked_for_stands_as_it_was_decided(self) -> None:
        verdicts = dict(self.rows(ApprovalRow.subject_id, ApprovalRow.verdict))
        states = dict(self.rows(ResponseRow.id, ResponseRow.state))

        assert states == {id: verdict or "proposed" for id, verdict in verdicts.items()}

    @invariant()
    def the_trail_is_whole(self) -> None:
        with self.database.begin(EVERYTHING, write=True) as tx:
            seal(tx, KEY)
        verifier = Verifier({KEY.id: KEY})
        with self.database.begin(EVERYTHING) as tx:
            verifier.take(rows.links(tx))
        found = verifier.result()

        assert (found.broken, found.count) == (None, len(self.rows(EventRow.id)))


def _migrated() -> Path:
    """A migrated file with one customer, made once."""
    if not _FILES:
        file = Path(tempfile.mkdtemp()) / "riskbot.db"
        database = Database(f"sqlite:///{file}")
        migrate.upgrade(database)
        book = file.with_name("customers.csv")
        book.write_text("id,name\nACME,Acme Steel\n", "utf-8")
        run_import(database, "customers", book, at=MONDAY)
        database.close()
        _FILES.append(file)
    return _FILES[0]


_FILES: list[Path] = []

FourEyes.TestCase.settings = settings(max_examples=8, stateful_step_count=20, deadline=None)
TestFourEyes = FourEyes.TestCase
