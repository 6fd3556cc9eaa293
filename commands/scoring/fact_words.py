"""The facts behind a score, in words: each kind shows the values that it has."""

from __future__ import annotations

from commands.kit.wording import words
from storage.scoring.lineage.lineage import Input


def name(one: Input) -> str:
    """Return the name of a fact; a projection is named by the end of its last period."""
    return f"→ {one.until}" if one.kind == "projection" else one.name


def value(one: Input) -> str:
    """Return the values of a fact on one line."""
    match one.kind:
        case "observation":
            return f"{_figure(one)} ({one.words[0]})"
        case "rate":
            return _figure(one)
        case "facility":
            return " / ".join([f"{one.currency} {one.amounts[0]:,.2f}", *(f"{amount:,.2f}" for amount in one.amounts[1:])])
        case "account_month":
            return f"{' '.join([*filter(None, [one.currency]), *(f'{amount:,.2f}' for amount in one.amounts)])} × {one.count}"
        case "collateral":
            return f"{one.currency} {one.amounts[0]:,.2f} {one.words[0]}"
        case "guarantee":
            return " ".join([*one.words, *(f"{one.currency} {amount:,.2f}" for amount in one.amounts)])
        case "statement":
            return " ".join([one.currency or "–", *(f"{amount:,.0f}" for amount in one.amounts)])
        case "incident":
            return f"{one.count} / 5" + (f" → {one.until}" if one.until else "")
        case "judgement":
            return f"{words.label(one.words[0])}, {one.words[1]}" + (f" → {one.until}" if one.until else "")
        case "override":
            return f"{one.words[0]} → {one.words[1]}, {one.words[2]}"
    return "× " + str(one.count) if one.count is not None else " ".join(one.words)


def _figure(one: Input) -> str:
    return "–" if one.figure is None else f"{one.figure:g}"
