"""Slotting of project loans: the supervisory category of each project, and the weights and losses that belong to it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit
from risk_engine.capital import standardised
from risk_engine.capital.capital_policy import SlotRules
from risk_engine.capital.standardised import Slot
from risk_engine.facts.facts import Facts, Floats
from risk_engine.policy.policy import Policy

Slots = NDArray[np.int8]
NAMES = ("slot", "rwa_slotting", "expected_loss_slotting")


def slots(rules: SlotRules, cover: Mapping[str, Floats], building: NDArray[np.bool_], in_default: NDArray[np.bool_]) -> Slots:
    """Return the supervisory category of each project: the worst that its known cover ratios and its phase ask for.

    A project of which no ratio is known has none; one in default is in the last.

    Args:
        cover: the ratios by name, as in the rules.
        building: not yet in operation.

    Source: BCBS 128 Annex 6, CRE33 (rating grades for project finance: financial ratios, construction risk); the bounds are policy.
    """
    worst = np.full(len(building), Slot.NONE, dtype=np.int8)
    for name in ("dscr", "dscr_minimum", "llcr"):
        bounds, values = np.array(getattr(rules, name)), cover[name]
        # bounds fall from strong to satisfactory; a ratio on a bound has reached it
        asked = np.searchsorted(-bounds, -np.nan_to_num(values), side="left").astype(np.int8)
        worst = np.maximum(worst, np.where(np.isnan(values), Slot.NONE, asked))
    best = Slot[rules.before_operation.upper()]
    worst = np.where((worst > Slot.NONE) & building, np.maximum(worst, best), worst)
    return np.where(in_default, Slot.DEFAULT, worst).astype(np.int8)


def figures(policy: Policy, facts: Facts, cover: Mapping[str, Floats], ead: Floats, in_default: NDArray[np.bool_]) -> dict[str, Floats]:
    """Return each customer's category (1 strong to 5 default), and weights and losses of its project loans; NaN without either.

    Args:
        ead, in_default: of each facility.
    """
    lent, count, rules = facts.facilities, len(facts), policy.capital.standardised
    project = lent.kinds.among(("project_loan",)) == 0
    owner = lent.owner[project]
    building = np.bincount(owner, lent.phases.among(("operation",))[project] != 0, count) > 0
    found = slots(rules.slots, cover, building, np.bincount(owner, in_default[project], count) > 0)
    slot = np.where(np.bincount(owner, minlength=count) > 0, found, Slot.NONE).astype(np.int8)
    exposed = credit.total(owner, ead[project], count)
    return {
        "slot": np.where(slot == Slot.NONE, np.nan, slot + 1.0),
        "rwa_slotting": standardised.slotted(slot, rules.slotting) * exposed,
        "expected_loss_slotting": standardised.slotted(slot, rules.slot_losses) * exposed,
    }
