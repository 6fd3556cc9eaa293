"""Loss given default of each facility, and its origin: the bank's own estimate, or the foundation approach."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from risk_engine.capital import financial_firms, foundation_lgd
from risk_engine.capital.foundation_lgd import Claim
from risk_engine.facts.facts import Facts, Floats
from risk_engine.policy.policy import Policy
from risk_engine.security import security

_CLAIMS = {"senior": Claim.SENIOR, "subordinated": Claim.SUBORDINATED}


class LgdOrigin(IntFlag):
    """The origins of an LGD: an own estimate; seniority, known or not; and collateral, which reduces the last two."""

    OWN = 1
    SENIORITY = 2
    UNKNOWN_SENIORITY = 4
    COLLATERAL = 8


@dataclass(frozen=True, slots=True)
class FacilityLgd:
    """The LGD of every facility for expected loss and for the accounts, its origins, and the part of the exposure that collateral secures.

    ``floored``: the one in risk weights, where the regulator's input floor takes the place of an own estimate below it; ``raised`` flags
    these.
    """

    capital: Floats
    floored: Floats
    accounts: Floats
    raised: NDArray[np.bool_]
    origins: NDArray[np.int8]
    secured: Floats


def facility_lgd(policy: Policy, facts: Facts, ead: Floats) -> FacilityLgd:
    """Return each facility's own LGD, or that of the foundation approach: by seniority and kind of debtor, after eligible collateral.

    In risk weights an own LGD is not below the input floor of its secured and unsecured parts. The accounts take the bank's usual LGD by
    seniority instead of the foundation approach's, and know no regulatory floors.

    Source: BCBS 128 §§ 287-295, CRE32 (foundation approach, and the input floors of own estimates); IFRS 9 5.5.17 (accounts).
    """
    lent, usual = facts.facilities, policy.scoring.lgd
    claims = _claims(policy, facts)
    bare = np.where(claims == Claim.NONE, usual.unknown, foundation_lgd.unsecured(claims, policy.capital.irb.lgd))
    expected = lent.seniorities.figures(usual.model_dump(), usual.unknown)
    found = security.secured(policy, facts, ead, bare)
    of_accounts = found if np.array_equal(bare, expected) else security.secured(policy, facts, ead, expected)
    # collateral without a value secures nothing, and the figure lists it as a missing input
    capital = np.where(np.isnan(found.lgd), bare, found.lgd)
    accounts = np.where(np.isnan(of_accounts.unfloored_lgd), expected, of_accounts.unfloored_lgd)
    own, share = ~np.isnan(lent.lgd), np.nan_to_num(found.share)
    # of what is not known to be secured nothing is
    floor = np.where(np.isnan(found.floor), policy.collateral.unsecured_floor, found.floor)
    origins = np.where(claims == Claim.NONE, LgdOrigin.UNKNOWN_SENIORITY, LgdOrigin.SENIORITY) | np.where(
        share > 0, LgdOrigin.COLLATERAL, 0
    )
    return FacilityLgd(
        capital=np.where(own, lent.lgd, capital),
        floored=np.where(own, np.maximum(lent.lgd, floor), capital),
        accounts=np.where(own, lent.lgd, accounts),
        raised=lent.lgd < floor,
        origins=np.where(own, LgdOrigin.OWN, origins).astype(np.int8),
        secured=share * np.nan_to_num(ead),
    )


def _claims(policy: Policy, facts: Facts) -> NDArray[np.int8]:
    """Return the seniority of each claim in the foundation approach; a senior claim on a financial institution has its own."""
    lent = facts.facilities
    found = lent.seniorities.figures({name: float(claim) for name, claim in _CLAIMS.items()}, Claim.NONE).astype(np.int8)
    financial = financial_firms.financial(policy, facts)[lent.owner]
    return np.where((found == Claim.SENIOR) & financial, Claim.SENIOR_FINANCIAL, found).astype(np.int8)
