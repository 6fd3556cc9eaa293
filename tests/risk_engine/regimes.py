"""The regimes that the tests of capital count with: Basel II, and Basel III beside China's standardised weights."""

from __future__ import annotations

from risk_engine.capital.capital_policy import CapitalRules, Irb, Standardised

SEGMENTS = ("corporate", "sme", "large_financial", "mortgage", "revolving", "other_retail")

BASEL_II = {
    "pd_floor": dict.fromkeys(SEGMENTS, 0.0003),
    "size": {"lowest": 5.0, "highest": 50.0, "reduction": 0.04},
    "maturity": {"shortest": 1.0, "longest": 5.0, "foundation": 2.5},
    "lgd": {"senior": 0.45, "senior_financial": 0.45, "subordinated": 0.75},
    "confidence": 0.999,
    "financial_multiplier": 1.25,
    "scaling": 1.0,
}
BASEL_III = BASEL_II | {
    "pd_floor": {**dict.fromkeys(SEGMENTS, 0.0005), "revolving": 0.001},
    "lgd": {
        "senior": 0.40,
        "senior_financial": 0.45,
        "subordinated": 0.75,
        "collateral": [
            {"kind": "cash", "lgd": 0.0, "haircut": 0.0},
            {"kind": "receivables", "lgd": 0.20, "haircut": 0.40},
            {"kind": "real_estate", "lgd": 0.20, "haircut": 0.40},
            {"kind": "equipment", "lgd": 0.25, "haircut": 0.40},
        ],
    },
}
WEIGHTS = {
    "corporate": 1.0,
    "investment_grade": 0.75,
    "investment_grade_pd": 0.0026,
    "sme": 0.85,
    "micro": 0.75,
    "project_before_operation": 1.3,
    "project_in_operation": 1.0,
    "defaulted": 1.5,
    "defaulted_provisioned": 1.0,
    "slotting": {"strong": 0.7, "good": 0.9, "satisfactory": 1.15, "weak": 2.5, "default": 0.0},
}


def irb(table: dict[str, object] = BASEL_II, **changed: object) -> Irb:
    return Irb.model_validate(table | changed)


def standardised(**changed: object) -> Standardised:
    return Standardised.model_validate(WEIGHTS | changed)


def rules() -> CapitalRules:
    return CapitalRules.model_validate({"irb": BASEL_III, "standardised": WEIGHTS})
