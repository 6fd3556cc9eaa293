"""Nobody can forget whose customers the asker may see: every question of storage keeps to it, or says here why it need not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.schema.base import Table

STORAGE = Path(__file__).parent.parent.parent / "storage"
# tables that are about customers without naming one
OF_THEIRS = {"ResponseRow", "ScoreDriverRow", "EventRow", "ConditionRow", "VoteRow", "DecisionRow"}
ABOUT_CUSTOMERS = OF_THEIRS | {
    mapper.class_.__name__
    for mapper in Table.registry.mappers
    if {"customer_id", "facility"} & set(mapper.columns.keys()) or mapper.class_.__name__ == "CustomerRow"
}
# what is called by a question that keeps to it
KEEPS_TO_IT = {
    f"{name}()"
    for name in ("visible", "visible_or_none", "seen", "one_seen", "within", "terms.about", "asked.where", "newest.members", "sight.holds")
}

JOBS = "only jobs and the command line ask this"
WRITES = "it writes what was got through a question that keeps to the sight"
GIVEN = "it takes what a question that keeps to the sight has answered"
TRAIL = "the trail: whoever may read it is told by the command whether they see its subject"
# a module, or a function of one, and why it need not look
NEED_NOT: dict[str, str] = {
    "approvals.approvals.add": WRITES,
    "approvals.approvals.save": WRITES,
    "approvals.approvals.to_look_after": JOBS,
    "approvals.approvals.waiting_ids": JOBS,
    "indicators.breaches.add": WRITES,
    "indicators.breaches.save": WRITES,
    "approvals.conditions.add": WRITES,
    "approvals.conditions.save": WRITES,
    "approvals.conditions.of_approvals": GIVEN,
    "digest.desk.news": GIVEN,
    "events.record": WRITES,
    "events.record_the_rest": WRITES,
    "events.newest": JOBS,
    "events.kinds": JOBS,
    "events.last_of": GIVEN,
    "customers.search_index.newest": "the number of the last version alone",
    "customers.search_index.catch_up": "it indexes everybody; candidates are read with the sight of the asker",
    "delivery.untold.events": JOBS,
    "data.accounts": JOBS,
    "data.exporting": JOBS,
    "data.facts": JOBS,
    "data.projected_periods": JOBS,
    "customers.lending.total_exposure": "an authority is about what the bank may lose, not what one person sees: a sum, no names",
    "validation.outcomes": JOBS,
    "scoring.overrides.add": WRITES,
    "scoring.overrides.save": WRITES,
    "classification.defaults.read": JOBS,
    "classification.defaults.write": WRITES,
    "classification.judgements.add": WRITES,
    "classification.judgements.save": WRITES,
    "register.responses.add": WRITES,
    "register.responses.save": WRITES,
    "register.risks.add": WRITES,
    "register.risks.save": WRITES,
    "register.risks.retained_before": JOBS,
    "register.responses.overdue_by": JOBS,
    "register.responses.with_basis": JOBS,
    "register.responses.unfinished": "whether a risk may be closed depends on all its responses; it gives their ids",
    "register.controls.add": WRITES,
    "register.controls.save": WRITES,
    "scoring.days_passed": JOBS,
    "scoring.due": JOBS,
    "scoring.exported_scores": JOBS,
    "scoring.score_facts": JOBS,
    "customers.book_totals": "totals of the whole book: given only to readers who see everybody, and without a name",
    "scoring.score_writing": JOBS,
    "scoring.scores.detail": GIVEN,
    "scoring.scores.details": GIVEN,
    "scoring.scores.figure": GIVEN,
    "scoring.lineage.collateral_lineage.collateral": GIVEN,
    "scoring.scores.finding": GIVEN,
    "scoring.lineage.statement_lineage.statements": GIVEN,
    "customers.exposure_ranking.worth": "a subquery that is joined to customers who are seen",
    "customers.exposure_ranking.worth_of": "an expression about a customer of the query, which is about those who are seen",
    "customers.exposure_ranking.leading": "returns none but rows of its caller, who asks for those who are seen",
    "customers.drawn.follow": WRITES,
    "audit": TRAIL,
    "row_digests": TRAIL,
}


class Module:
    """One module: which names each of its functions comes to use and to call, through its other functions and constants too."""

    def __init__(self, path: Path) -> None:
        self.name = ".".join(path.relative_to(STORAGE).with_suffix("").parts).removesuffix(".__init__")
        self._tree = ast.parse(path.read_text("utf-8"))
        self._used = dict(self._definitions())

    def _definitions(self) -> Iterator[tuple[str, set[str]]]:
        for node in self._tree.body:
            names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
            # what a function calls its own values is not the module's
            local = {each.id for each in names if isinstance(each.ctx, ast.Store)} if isinstance(node, ast.FunctionDef) else set[str]()
            named = {each.id for each in names} - local
            named |= {f"{ast.unparse(each.func)}()" for each in ast.walk(node) if isinstance(each, ast.Call)}
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield node.name, named
            if isinstance(node, ast.Assign | ast.AnnAssign):
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    yield from ((each.id, named) for each in ast.walk(target) if isinstance(each, ast.Name))

    def questions(self) -> Iterator[tuple[str, set[str]]]:
        """The public functions that take a transaction, or the terms of a check of the data."""
        for node in self._tree.body:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and {"tx", "terms"} & {each.arg for each in node.args.args}:
                yield f"{self.name}.{node.name}", self._reached(node.name)

    def _reached(self, name: str) -> set[str]:
        reached, waiting = set[str](), [name]
        while waiting:
            for one in self._used.get(waiting.pop(), set()) - reached:
                reached.add(one)
                waiting.append(one)
        return reached


NO_QUESTIONS = {"schema", "migrations", "files", "sample_book"}
QUESTIONS = {
    name: used
    for path in sorted(STORAGE.rglob("*.py"))
    if not NO_QUESTIONS & set(path.relative_to(STORAGE).parts) and path.name != "visibility.py"
    for name, used in Module(path).questions()
}
ABOUT = {name: used for name, used in QUESTIONS.items() if used & ABOUT_CUSTOMERS}


def excused(name: str) -> str | None:
    """The entry that says why a question need not look."""
    parts = name.split(".")
    return next((entry for count in range(len(parts), 0, -1) if (entry := ".".join(parts[:count])) in NEED_NOT), None)


def test_the_questions_were_found():
    assert {"customers.customers.get", "register.entry_lists.approvals", "customers.search.find", "scoring.ranking.top"} <= set(ABOUT)
    assert {"digest.period_changes.grades", "digest.desk.standing"} <= set(ABOUT)
    assert {"CustomerVersionRow", "FacilityVersionRow", "RiskRow", "ApprovalRow", "BreachRow", "ScoreVersionRow"} <= ABOUT_CUSTOMERS


@pytest.mark.parametrize("question", [name for name in ABOUT if excused(name) is None])
def test_a_question_about_customers_keeps_to_whose_the_asker_may_see(question):
    assert ABOUT[question] & KEEPS_TO_IT, (
        f"storage.{question}: add *visible(tx, column) of storage/visibility.py, or say in NEED_NOT why not"
    )


def test_nobody_is_excused_who_is_not_there_or_looks_anyway():
    needed = {excused(name) for name, used in QUESTIONS.items() if not used & KEEPS_TO_IT} - {None}

    assert set(NEED_NOT) - needed - {"data.exporting"} == set()
