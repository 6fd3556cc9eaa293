"""The digest's second half: changes since the previous one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from commands.approvals import subject_line
from commands.digest.digest_today import LISTED, window
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Part, Section, Span
from commands.kit.i18n import Text, _, ngettext
from commands.kit.wording import words
from commands.kit.wording.lines import VERDICT_BY, measured
from commands.scoring import grade_words
from risk_engine.policy.policy import Policy
from risk_engine.register.assessment import Level
from storage.database import Tx
from storage.digest import period_changes
from storage.scope import ALL
from storage.scoring import scores


def _moved(move: period_changes.Move, heading: Callable[[int], Text]) -> Callable[[Span, Policy, Tx], Part | None]:
    def part(span: Span, policy: Policy, tx: Tx) -> Part | None:
        count, shown = period_changes.breaches_moved(tx, window(span), move, limit=LISTED)
        names = masking.names(tx, [breach.customer for breach in shown])
        lines = [
            [
                blocks.bold(f"{breach.id} · {names.get(breach.customer, breach.customer)}"),
                f" · {measured(breach, policy)} · ",
                words.label(breach.ending) if move == "closed" and breach.ending else _MOVES[move],
            ]
            for breach in shown
        ]
        return Part(heading(count), count, lines) if count else None

    return part


_MOVES = {
    "opened": _("opened"),
    "worsened": _("worsened"),
    "eased": _("eased"),
    "closed": _("back within bounds"),
}


def _opened(count: int) -> Text:
    return ngettext("{n} breach opened", "{n} breaches opened", count)


def _worsened(count: int) -> Text:
    return ngettext("{n} breach worsened", "{n} breaches worsened", count)


def _eased(count: int) -> Text:
    return ngettext("{n} breach eased", "{n} breaches eased", count)


def _closed(count: int) -> Text:
    return ngettext("{n} breach closed", "{n} breaches closed", count)


def _grades(span: Span, policy: Policy, tx: Tx) -> Part | None:
    worse, better, shown = period_changes.grades(tx, window(span), limit=LISTED)
    if not worse + better:
        return None
    names = masking.names(tx, [one.customer for one in shown])
    known = scores.of(tx, [one.customer for one in shown])
    lines = [
        [
            blocks.bold(names.get(one.customer, one.customer)),
            f" · {words.level(Level(one.before))} → {words.level(Level(one.after))}",
            *([" · ", _("little known")] if (now := known.get(one.customer)) and grade_words.little(now.confidence, policy) else []),
        ]
        for one in shown
    ]
    heading = ngettext("{n} grade changed ({worse} worse)", "{n} grades changed ({worse} worse)", worse + better)
    return Part(heading.format(worse=worse), worse + better, lines)


def _letters(span: Span, policy: Policy, tx: Tx) -> Part | None:
    count, shown = period_changes.letters(tx, window(span), limit=LISTED)
    names = masking.names(tx, [one.customer for one in shown])
    lines = [
        [blocks.bold(names.get(one.customer, one.customer)), f" · {words.label(one.by or '')} {one.before} → {one.after}"] for one in shown
    ]
    return Part(ngettext("{n} rating changed", "{n} ratings changed", count), count, lines) if count else None


def _risks(span: Span, policy: Policy, tx: Tx) -> Part | None:
    count, shown = period_changes.risks_logged(tx, window(span), limit=LISTED)
    names = masking.names(tx, [risk.customer for risk in shown])
    lines: Sequence[Sequence[Any]] = [
        [
            blocks.bold(f"{risk.id} · {names.get(risk.customer, risk.customer)}"),
            f" · {words.level(risk.level)} · {blocks.quoted(risk.title)}",
        ]
        for risk in shown
    ]
    return Part(ngettext("{n} new risk", "{n} new risks", count), count, lines) if count else None


def _decisions(span: Span, policy: Policy, tx: Tx) -> Part | None:
    count, shown = period_changes.approvals_decided(tx, window(span), limit=LISTED)
    lines = [
        [
            *subject_line(tx, one),
            " · ",
            *blocks.around(VERDICT_BY, verdict=blocks.bold(words.label(one.verdict or "")), who=blocks.person(one.decided_by or "")),
        ]
        for one in shown
    ]
    return Part(ngettext("{n} decision", "{n} decisions", count), count, lines) if count else None


def _loads(span: Span, policy: Policy, tx: Tx) -> Part | None:
    """Return the imports, one line per kind; files concern the whole book."""
    found = period_changes.loads(tx, window(span)) if span.scope == ALL else []
    if not found:
        return None
    lines = [
        [
            _("Imported {kind}: {added} new, {changed} changed").format(
                kind=words.label(kind), added=words.count(added), changed=words.count(changed)
            )
        ]
        for kind, _files, added, changed in found
    ]
    files = sum(each[1] for each in found)
    return Part(ngettext("{n} file loaded", "{n} files loaded", files), len(lines), lines)


SECTIONS = [
    Section("worsened", 110, False, _moved("worsened", _worsened)),
    Section("grades", 120, False, _grades),
    Section("risks", 130, False, _risks),
    Section("decisions", 140, False, _decisions),
    Section("letters", 150, False, _letters),
    Section("opened", 160, False, _moved("opened", _opened)),
    Section("eased", 170, False, _moved("eased", _eased)),
    Section("closed", 180, False, _moved("closed", _closed)),
    Section("loads", 190, False, _loads),
]
