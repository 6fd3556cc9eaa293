"""The kinds of facilities and of their collateral, in words."""

from __future__ import annotations

from commands.kit.i18n import Text, pgettext

_FACILITIES = {
    "term_loan": pgettext("kind of facility", "term loan"),
    "revolver": pgettext("kind of facility", "revolving credit"),
    "project_loan": pgettext("kind of facility", "project loan"),
    "guarantee": pgettext("kind of facility", "guarantee"),
    "letter_of_credit": pgettext("kind of facility", "letter of credit"),
    "acceptance": pgettext("kind of facility", "acceptance"),
    "bond": pgettext("kind of facility", "bond"),
    "other": pgettext("kind of facility", "other"),
}

_COLLATERAL = {
    "cash": pgettext("kind of collateral", "cash"),
    "receivables": pgettext("kind of collateral", "receivables"),
    "real_estate": pgettext("kind of collateral", "real estate"),
    "equipment": pgettext("kind of collateral", "equipment"),
    "shares": pgettext("kind of collateral", "shares"),
    "guarantee": pgettext("kind of collateral", "guarantee"),
    "other": pgettext("kind of collateral", "other collateral"),
}


def facility(kind: str) -> str:
    """Return the word for a kind of facility."""
    return str(_FACILITIES.get(kind, Text(kind)))


def collateral(kind: str) -> str:
    """Return the word for a kind of collateral."""
    return str(_COLLATERAL.get(kind, Text(kind)))
