"""Everything is wired: each leaf of the policy has a reader, and each public function of the engine is reached from above.

What waits for a later capability stands here by name. The lists only shrink: an entry that is wired, or gone, fails the test.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from risk_engine.policy.policy import Policy
from tests.architecture.reached import ENGINE, definitions, reached, read_in, speaks_of, trees

# leaves that are read by a name that is put together, and the function that does so
READ_BY_NAME = {
    "capital.standardised": ("risk_engine.capital.standardised", "weights"),
    "capital.standardised.slotting": ("risk_engine.capital.standardised", "slotted"),
    "capital.standardised.slot_losses": ("risk_engine.capital.standardised", "slotted"),
    "capital.standardised.slots": ("risk_engine.capital.slotting", "slots"),
    "capital.irb.pd_floor": ("risk_engine.capital.internal_ratings", "floored_pd"),
}

# by the capability that will use it: what waits, by the key or the module that holds it
WAITING_LEAVES: dict[str, dict[str, str]] = {
    # `security` has the haircuts that count; the leaves belong to the formula of the rule
    "Capital: the foundation approach beside own estimates": {
        "capital.irb.lgd.collateral": "haircut",
        "capital.irb.maturity": "foundation",
    },
    "Validate: letters and migration": {"migration": "tolerance"},
    "Find": {"channels": "signals"},
    "The relationship": {
        "relationship.plane": "el health raroc",
        "relationship.satisfaction": "least_answers",
    },
    "Watch": {
        "concentration.large_exposures": "reported_base reported_from reported_on_bound",
        "project.construction": "delay_days drawn_ahead dsra_months overrun",
        "project.covenants": "amber_headroom cure_days equity_cures not_meaningful",
    },
    "Ask it": {
        "concentration.granularity": "confidence lgd_volatility precision",
        "sensitivity": "break_even_dscr",
    },
}
WAITING_FUNCTIONS: dict[str, dict[str, str]] = {
    # the reasons that the losses of IFRS 9 name already
    "Capital: missing inputs by themselves": {
        "capital.internal_ratings": "Lacks lacks",
    },
    # collateral after haircuts, liens and currencies is in `security`; this is the formula of the rule by itself
    "Capital: the foundation approach beside own estimates": {
        "capital.foundation_lgd": "secured",
    },
    "Explain: reasons as a machine reads them": {
        "impairment.staging": "names",
    },
    # a PD as the letter that is nearest to it, and moves between letters against the published table
    "Validate: letters and migration": {
        "ratings.master_scale": "Fits fitting notches",
        "ratings.migration": "Disorder Finding findings power",
        "ratings.term_structure": "survived",
    },
    # connected customers of large exposures: groups, guarantees and economic dependence together
    "Watch: connected customers": {
        "security.guarantees": "connected group_links",
    },
    "The register": {
        "register.assessment": "Origin",
        "register.mirrored_grid": "customer_level customer_levels",
        "register.residual": "brought held lawful",
    },
    "Find": {
        "facts.statements": "Imbalance imbalance",
        "financials.altman": "z_double_prime_em",
        "financials.financial": "Condition condition",
        "financials.trend": "Trend crossing percentile trend",
    },
    "The relationship": {
        "relationship.relationship": "Lacks Play Satisfied csat lacks nps playbook price_gap raroc risk_bands",
    },
    "Watch": {
        "portfolio.large_exposures": "Counterparties CounterpartyKind LimitState Use counterparties large use",
        "projects.certificate": "Certificate certificates",
        "projects.construction": "Calendar Finding Phase Watched expected_completion phases watch",
        "projects.construction_figures": "cost_overrun drawn_ahead dsra_months equity_first_behind funding_gap pro_rata_behind",
        "projects.covenant": "CovenantState Facts Reason Terms against_terms checked headroom marked past",
        "projects.cover": "gearing icr leverage",
        "projects.remedy": "Assessed assess",
    },
    "Ask it": {
        "financials.ratios": "not_applicable standing",
        "market.break_even": "BreakEven Reach commodity_break_even currency_break_even rate_break_even",
        "market.sensitivity": "effects lacks stressed",
        "portfolio.concentration": "Concentration Parts by_code concentration top_share",
        "portfolio.granularity": "Adjustment delta granularity_adjustment",
        "projects.project": "level_debt_service",
    },
}


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field holds, one or many."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from models(each)


def leaves(model: type[BaseModel], at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    """Every leaf of the policy by its path, and the model that it is a field of."""
    for name, field in model.model_fields.items():
        inner = list(models(field.annotation))
        for each in inner:
            yield from leaves(each, (*at, name))
        if not inner:
            yield (*at, name), model


def is_read(path: tuple[str, ...], model: type[BaseModel]) -> bool:
    """Whether reached code that speaks of the model, or of the key that holds it, reads this field."""
    if READ_BY_NAME.get(".".join(path[:-1])) in reached() or (
        path[0] == "channels" and any(f"route:{path[-1]}" in read_in(module) for module in trees())
    ):
        return True
    about = {model.__name__, *path[-2:-1]}
    return any(
        path[-1] in read_in(module) and (module == model.__module__ or about & (speaks_of(module) | read_in(module))) for module in trees()
    )


@cache
def unread() -> frozenset[str]:
    return frozenset(".".join(path) for path, model in leaves(Policy) if not is_read(path, model))


@cache
def unreached() -> frozenset[str]:
    """The public functions and types of the engine that nothing above it comes to name."""
    return frozenset(
        f"{module.removeprefix(f'{ENGINE}.')}.{name}"
        for module in trees()
        if module.startswith(f"{ENGINE}.")
        for name, node in definitions(module).items()
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not name.startswith("_") and (module, name) not in reached()
    )


def named(waiting: dict[str, dict[str, str]]) -> set[str]:
    """The whole names of what waits."""
    return {f"{where}.{name}" for places in waiting.values() for where, names in places.items() for name in names.split()}


def test_every_leaf_of_the_policy_has_a_reader():
    assert unread() - named(WAITING_LEAVES) == set()


def test_every_function_of_the_engine_is_reached():
    assert unreached() - named(WAITING_FUNCTIONS) == set()


def test_nothing_waits_that_is_wired_or_gone():
    assert named(WAITING_LEAVES) - unread() == set()
    assert named(WAITING_FUNCTIONS) - unreached() == set()


def test_the_search_finds_what_is_wired_and_what_is_not():
    assert ("risk_engine.impairment.staging", "staged") in reached()
    assert not {"responses.default_days", "capital.standardised.corporate", "channels.alerts"} & unread()
    assert len(list(leaves(Policy))) > 250
