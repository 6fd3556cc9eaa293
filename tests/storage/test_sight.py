"""Whose customers one sees: every question answers as if the others were not there, and counts them no more than it names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.people.roles import Reach
from risk_engine.policy.policy import Policy
from risk_engine.references import ApprovalId, BreachId, JudgementId, OverrideId, ResponseId, RiskId
from storage import scope
from storage.approvals import approvals, conditions
from storage.classification import judgements
from storage.customers import customers, exposure_ranking, lending, search
from storage.customers.customer_list import BookOrder, Filters, book
from storage.customers.exposure_ranking import Into
from storage.data import quality
from storage.database import Database, Tx
from storage.digest import desk, falling_due, period_changes
from storage.indicators import breaches, values
from storage.policy import policies
from storage.register import entry_lists, responses, risks
from storage.register.entry_lists import EntryStatus, Order, Wanted
from storage.scoring import overrides, ranking, score_drivers, scores
from storage.scoring.lineage import lineage
from storage.scoring.score_facts.asked import Asked
from storage.sight import EVERYTHING, Sight
from tests.conftest import MONDAY, fresh_postgres, migrated
from tests.storage.reach import BEFORE, MANAGERS, PEOPLE, SINCE, TODAY, Who, books, enter, narrow, within

INTO, WINDOW = Into("EUR", TODAY, 10), period_changes.Window(SINCE, MONDAY, scope.ALL)
SINCE_THE_DAY_BEFORE = {"since": SINCE, "until": MONDAY}
DAYS = {"day_before": SINCE.date(), "day": TODAY}
ALL = 200
# an example asks dozens of questions
few = settings(max_examples=5)
# (total, the customers of the lines in their order)
Answer = tuple[int, list[str | None]]
Question = Callable[[Tx, int, int], Answer]


def observed(tx: Tx, id: str) -> list[tuple[str, str]]:
    """Every value of some indicators, whatever it comes from; as text, since a NaN equals nothing."""
    found = values.read(tx, policies.read(None), ["dscr", "utilisation", "pd"], Asked.of([id]), as_of=TODAY)
    return [(str(day), str(value)) for points in found.values() for day, value in zip(points.days, points.values.tolist(), strict=True)]


def lines(answer: tuple[int, Sequence[Any]]) -> Answer:
    """Whose each line is, whatever kind of line it is."""
    return answer[0], [line if isinstance(line, str) else line.customer for line in answer[1]]


def of_keys(tx: Tx, answer: tuple[int, Sequence[str]]) -> Answer:
    return answer[0], [found.customer for key in answer[1] if (found := breaches.by_key(tx, key))]


def of_approvals(tx: Tx, answer: tuple[int, Sequence[Any]]) -> Answer:
    return answer[0], [found.customer for one in answer[1] if (found := approvals.get(tx, one.approval))]


def listed(order: BookOrder) -> Question:
    def ask(tx: Tx, limit: int, offset: int) -> Answer:
        total, found = book(tx, Filters(compared=INTO), limit=limit, offset=offset, order=order)
        return total, [line.customer.id for line in found]

    return ask


def registered(what: Callable[..., tuple[int, Any]], order: Order) -> Question:
    everything = Wanted(standing=EntryStatus.ALL, compared=INTO)
    return lambda tx, limit, offset: lines(what(tx, everything, order, limit=limit, offset=offset))


def first(ask: Callable[[Tx, int], tuple[int, Sequence[Any]]]) -> Question:
    """A question that has no pages."""
    return lambda tx, limit, offset: lines(ask(tx, limit))


def top(by: ranking.By) -> Question:
    def ask(tx: Tx, limit: int, offset: int) -> Answer:
        totals, found = ranking.top(tx, by, {}, limit=limit, at=None, then=SINCE)
        return totals.customers, [line.customer for line in found]

    return ask


PAGED: dict[str, Question] = {
    **{f"list by {order}": listed(order) for order in BookOrder},
    **{f"top by {by}": top(by) for by in ranking.By},
    "risks": registered(entry_lists.risks, Order.WORST),
    "risks by exposure": registered(entry_lists.risks, Order.EXPOSURE),
    "responses": registered(entry_lists.responses, Order.DUE),
    "breaches": registered(entry_lists.breaches, Order.WORST),
    "approvals": registered(entry_lists.approvals, Order.NEWEST),
    "approvals that wait": lambda tx, limit, offset: lines(approvals.waiting(tx, limit=limit, offset=offset)),
    "approvals that have ended": lambda tx, limit, offset: lines(approvals.decided(tx, limit=limit, offset=offset)),
    "conditions": lambda tx, limit, offset: of_approvals(tx, conditions.unmet(tx, limit=limit, offset=offset)),
    "moves: decisions": first(lambda tx, limit: period_changes.approvals_decided(tx, WINDOW, limit=limit)),
    "breaches not closed": lambda tx, limit, offset: lines(breaches.not_closed(tx, limit=limit, offset=offset)),
    "breaches to acknowledge": lambda tx, limit, offset: of_keys(tx, desk.to_acknowledge(tx, ["U0ANA"], limit=limit)),
    "overdue": first(lambda tx, limit: responses.overdue(tx, as_of=TODAY, limit=limit)),
    "moves: overdue": first(lambda tx, limit: period_changes.overdue(tx, WINDOW, **DAYS, limit=limit)[:2]),
    "moves: approvals asked for": first(lambda tx, limit: period_changes.approvals_asked(tx, WINDOW, limit=limit)[:2]),
    "moves: risks": first(lambda tx, limit: period_changes.risks_logged(tx, WINDOW, limit=limit)),
    "moves: breaches to acknowledge": first(lambda tx, limit: period_changes.to_acknowledge(tx, WINDOW, limit=limit)[:2]),
    "moves: breaches opened": first(lambda tx, limit: period_changes.breaches_moved(tx, WINDOW, "opened", limit=limit)),
    "moves: grades": first(lambda tx, limit: period_changes.grades(tx, WINDOW, worse=True, limit=limit)),
    "moves: better grades": first(lambda tx, limit: period_changes.grades(tx, WINDOW, worse=False, limit=limit)),
    "moves: letters": first(lambda tx, limit: period_changes.letters(tx, WINDOW, limit=limit)),
    "past due": first(lambda tx, limit: crossed(falling_due.past_due(tx, scope.ALL, **SINCE_THE_DAY_BEFORE, limit=limit))),
    "maturing": first(lambda tx, limit: crossed(falling_due.maturing(tx, scope.ALL, **DAYS, ahead=9, **SINCE_THE_DAY_BEFORE, limit=limit))),
    "readings to renew": first(lambda tx, limit: unrenewed(tx, limit)),
}


def crossed(found: falling_due.Crossed) -> tuple[int, Sequence[Any]]:
    return found.new, found.shown


def unrenewed(tx: Tx, limit: int) -> tuple[int, Sequence[Any]]:
    found = falling_due.unrenewed(tx, scope.ALL, policies.read(None), **DAYS, until=MONDAY, limit=limit)["Debt service cover"]
    return found.due, found.shown


# --- where it is asked -----------------------------------------------------------------------------------------------


class _LeaveNoTrace(Exception):
    pass


@contextmanager
def entered(database: Database, people: Sequence[Who]) -> Iterator[Tx]:
    """A transaction in which this is the book; nothing of it stays."""
    with suppress(_LeaveNoTrace), database.begin(EVERYTHING, write=True) as tx:
        enter(tx, people)
        yield tx
        raise _LeaveNoTrace


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of each kind, in which no test leaves anything."""
    file = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'riskbot.db'}"
    database = Database(migrated(file if request.param == "sqlite" else fresh_postgres(request.getfixturevalue("postgres"))))
    yield database
    database.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def tx(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tx]:
    """A transaction that sees all of a book in which everybody's customers are, in a database of each kind."""
    file = f"sqlite:///{tmp_path_factory.mktemp('sight') / 'riskbot.db'}"
    database = Database(migrated(file if request.param == "sqlite" else fresh_postgres(request.getfixturevalue("postgres"))))
    with database.begin(EVERYTHING, write=True) as filling:
        enter(filling, PEOPLE)
    with database.begin(EVERYTHING) as begun:
        yield begun
    database.close()


@pytest.fixture(scope="module")
def whole(tx: Tx) -> dict[str, Answer]:
    """What whoever sees everything is answered."""
    return {name: ask(tx, ALL, 0) for name, ask in PAGED.items()}


# --- the laws -------------------------------------------------------------------------------------------------------


@few
@given(sight=narrow)
def test_a_list_is_the_whole_list_without_those_whom_one_does_not_see(tx, whole, sight):
    theirs = {who.id for who in PEOPLE if within(sight, who)} | {None}
    for name, ask in PAGED.items():
        total, found = ask(replace(tx, sight=sight), ALL, 0)

        assert found == [one for one in whole[name][1] if one in theirs], name
        assert total == len(found), name


@few
@given(people=books(), sight=narrow)
def test_so_it_is_of_any_book(empty, people, sight):
    theirs = {who.id for who in people if within(sight, who)} | {None}
    with entered(empty, people) as tx:
        for name in (
            "list by breach", "top by pd", "risks", "breaches", "approvals", "approvals that wait", "past due", "moves: grades",
            "moves: better grades",
        ):  # fmt: skip
            _total, everybody = PAGED[name](tx, ALL, 0)

            assert PAGED[name](replace(tx, sight=sight), ALL, 0)[1] == [one for one in everybody if one in theirs], name


@few
@given(sight=narrow)
def test_pages_are_of_what_one_sees_and_none_is_short_or_double(tx, sight):
    narrowed = replace(tx, sight=sight)
    for name in [*(f"list by {order}" for order in BookOrder), "risks", "breaches", "approvals", "breaches not closed"]:
        total, whole = PAGED[name](narrowed, ALL, 0)
        pages = [PAGED[name](narrowed, 2, offset) for offset in range(0, total, 2)]

        assert [one for _total, page in pages for one in page] == whole, name
        assert {total for total, _page in pages} <= {len(whole)}, name


@few
@given(sight=narrow)
def test_what_one_does_not_see_does_not_exist(tx, sight):
    narrowed = replace(tx, sight=sight)
    for who in PEOPLE[::4]:
        seen = within(sight, who)

        assert alone(narrowed, who) == (alone(tx, who) if seen else NOTHING), who


NOTHING: dict[str, Any] = dict.fromkeys(
    (
        *("customer", "earlier", "named", "many", "name", "owed", "rated", "observed", "scored", "history", "reasons"),
        *("risks", "source", "breaches", "waiting", "in force", "judgement pending", "judged", "judgements", "matures"),
    ),
    None,
)


def alone(tx: Tx, who: Who) -> dict[str, Any]:
    """All that can be asked of one customer; None for an empty answer."""
    id = who.id
    answers: dict[str, Any] = {
        "customer": customers.get(tx, id),
        "earlier": customers.get(tx, id, at=BEFORE - timedelta(days=1)),
        "named": customers.named(tx, who.name),
        "many": customers.many(tx, [id]),
        "name": customers.names(tx, [id]),
        "owed": customers.exposures(tx, [id]),
        "rated": customers.ratings(tx, [id]),
        "observed": observed(tx, id),
        "scored": scores.of(tx, [id]),
        "history": len(scores.history(tx, id)),
        "reasons": [reason.name for reasons in score_drivers.of(tx, score_ids(tx, id)).values() for reason in reasons],
        "risks": risks.open_of(tx, id),
        "source": risks.from_source(tx, f"M-{id}"),
        "breaches": breaches.not_closed(tx, customer=id, limit=9)[1],
        "waiting": overrides.waiting(tx, id),
        "in force": overrides.in_force(tx, id, on=TODAY),
        "judgement pending": judgements.waiting(tx, id, JudgementKind.REBUTTAL),
        "judged": judgements.in_force(tx, id, on=TODAY),
        "judgements": judgements.on_record(tx, id),
        "matures": lending.maturing(tx, id, until=TODAY + timedelta(days=90)),
    }
    return {name: answer or None for name, answer in answers.items()}


def score_ids(tx: Tx, id: str) -> list[int]:
    return [score.id for score in scores.history(replace(tx, sight=EVERYTHING), id)]


def found_in(tx: Tx, policy: Policy, id: str | None = None) -> list[quality.Finding]:
    return [one for one in quality.findings(tx, policy, today=TODAY, customer=id) if one.customer is not None]


@few
@given(sight=narrow)
def test_an_id_of_what_one_does_not_see_reads_like_one_that_nobody_gave_out(tx, sight):
    theirs = {who.id for who in PEOPLE if within(sight, who)}
    narrowed = replace(tx, sight=sight)
    for number in range(1, 2 * len(PEOPLE) + 2, 5):
        for get in GETS:
            whole, found = get(tx, number), get(narrowed, number)

            assert found == (whole if whole is not None and whole[0] in theirs | {None} else None)


def owned(found: Any) -> Any:
    return None if found is None else (found.customer, found)


def of_its_risk(tx: Tx, number: int) -> Any:
    found = responses.get(tx, ResponseId(number))
    whose = None if found is None else risks.get(replace(tx, sight=EVERYTHING), RiskId(found.risk))
    return None if whose is None else (whose.customer, found)


GETS: list[Callable[[Tx, int], Any]] = [
    lambda tx, number: owned(risks.get(tx, RiskId(number))),
    lambda tx, number: owned(breaches.get(tx, BreachId(number))),
    lambda tx, number: owned(overrides.get(tx, OverrideId(number))),
    lambda tx, number: owned(judgements.get(tx, JudgementId(number))),
    lambda tx, number: owned(approvals.get(tx, ApprovalId(number))),
    lambda tx, number: owned(approvals.of_subject(tx, ResponseId(number))),
    of_its_risk,
]


@few
@given(sight=narrow)
def test_sums_and_counts_are_of_what_one_sees(tx, sight):
    theirs = [who for who in PEOPLE if within(sight, who)]
    narrowed = replace(tx, sight=sight)
    counts = (customers.count(narrowed), scores.count(narrowed), overrides.count(narrowed, on=TODAY))
    totals, _lines = ranking.top(narrowed, ranking.By.EXPOSURE, {}, limit=1, at=None, then=SINCE)
    group = lending.group(narrowed, "North Group")
    departments = customers.values_of(narrowed, "department")

    assert counts == (len(theirs),) * 3
    assert desk.standing(narrowed) == (len(theirs), len(theirs), 2 * len(theirs), len(theirs) + 1)
    assert desk.customers_of(narrowed, MANAGERS) == {who.id for who in theirs if who.manager}
    assert totals.ead == sum(30 + PEOPLE.index(who) for who in theirs)
    assert group.members == len([who for who in theirs if who.group])
    assert sum(group.drawn.values()) == 100 * group.members
    assert sorted(departments) == sorted({who.department for who in theirs if who.department})
    assert period_changes.loads(narrowed, WINDOW) == []
    assert set(exposure_ranking.weights(narrowed, INTO)) <= {who.id for who in theirs}


@few
@given(sight=narrow)
def test_the_search_finds_and_suggests_nobody_else(tx, sight):
    theirs = {who.id for who in PEOPLE if within(sight, who)}
    narrowed = replace(tx, sight=sight)
    for text in ("", "company", "compnay c3", PEOPLE[0].id, PEOPLE[0].name):
        whole = search.find(tx, text, limit=ALL)

        assert search.find(narrowed, text, limit=ALL) == [hit for hit in whole if hit.id in theirs], text
        assert search.find(narrowed, text, limit=2) == [hit for hit in whole if hit.id in theirs][:2], text


@settings(max_examples=3)
@given(sight=narrow)
def test_what_is_wrong_with_the_data_is_told_of_what_one_sees(tx, policy, sight):
    theirs = {who.id for who in PEOPLE if within(sight, who)}
    currencies = {who.currency for who in PEOPLE if who.id in theirs}
    narrowed = replace(tx, sight=sight)
    of_the_book = {one.about for one in quality.findings(narrowed, policy, today=TODAY) if one.customer is None}

    found = found_in(narrowed, policy)

    assert found == [one for one in found_in(tx, policy) if one.customer in theirs]
    assert found_in(narrowed, policy, PEOPLE[0].id) == [one for one in found if one.customer == PEOPLE[0].id]
    assert quality.asked_about(narrowed) == len(theirs)
    assert of_the_book == (currencies if len(currencies) > 1 else set())


@few
@given(sight=narrow)
def test_a_guarantor_whom_one_does_not_see_has_no_name_and_no_id(tx, policy, sight):
    theirs = {who.id for who in PEOPLE if within(sight, who)}
    narrowed = replace(tx, sight=sight)
    for who in PEOPLE[1::6]:
        for score in scores.of(narrowed, [who.id]).values():
            reasons = {reason.name: reason for reason in score_drivers.of(narrowed, [score.id])[score.id]}
            named = who.guarantor if who.guarantor in theirs else None

            assert reasons["days_past_due"].reference == f"F-{who.id}"
            if who.guarantor:
                assert reasons["guarantor"].reference == named
                assert (reasons["guarantor"].called is None) == (named is None)
                [answers] = [one for one in lineage.inputs(narrowed, score, policy) if one.kind == "guarantee"]
                assert answers.words == (named or "–",)


# --- cases ------------------------------------------------------------------------------------------------------------


def test_whoever_sees_everything_is_asked_nothing_more(empty):
    with entered(empty, [Who("C0", None, None)]) as tx:
        assert customers.count(tx) == 1
        assert customers.count(replace(tx, sight=Sight(Reach.DEPARTMENT))) == 0
        assert customers.count(replace(tx, sight=Sight(Reach.OWN, frozenset({"Corporate"}), frozenset({"", "None"})))) == 0


def test_a_department_is_not_seen_by_whoever_sees_their_own_alone(empty):
    sight = Sight(Reach.OWN, frozenset({"Corporate"}), frozenset({"U0MEI"}))
    with entered(empty, [Who("C0", "Corporate", "U0ANA"), Who("C1", "Corporate", "U0mei")]) as tx:
        assert list(customers.many(replace(tx, sight=sight), ["C0", "C1"])) == ["C1"]


def test_a_customer_that_has_moved_is_seen_by_the_department_where_it_is_now_also_in_its_past(empty):
    moved = Who("C0", "Projects", None, earlier="Corporate")
    with entered(empty, [moved]) as tx:
        before, now = (replace(tx, sight=Sight(Reach.DEPARTMENT, frozenset({name}))) for name in ("corporate", "projects"))

        assert customers.get(before, "C0", at=BEFORE - timedelta(days=1)) is None
        assert customers.get(now, "C0", at=BEFORE - timedelta(days=1)).department == "Corporate"
