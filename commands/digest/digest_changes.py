"""The digest's second half: changes since the previous one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from commands.approvals import subject_line
from commands.digest.digest_today import LISTED, and_others, window
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.digest_parts import Lead, Part, Section, Span, Urgency
from commands.kit.i18n import Text, _, clauses, ngettext
from commands.kit.wording import words
from commands.kit.wording.lines import VERDICT_BY, measured
from commands.scoring import grade_words, score_words
from risk_engine.grading import Grade
from risk_engine.policy.policy import Policy
from risk_engine.register.assessment import Level
from storage.database import Tx
from storage.digest import period_changes
from storage.digest.period_changes import Regraded
from storage.scope import ALL
from storage.scoring import grade_moves, scores


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


def _worse(span: Span, policy: Policy, tx: Tx) -> Part | None:
    count, shown = period_changes.grades(tx, window(span), worse=True, limit=LISTED)
    if not count:
        return None
    names = masking.names(tx, [one.customer for one in shown])
    heading = ngettext("{n} customer worsened", "{n} customers worsened", count)
    return Part(heading, count, _graded(shown, names, policy, tx), lead=_worst(shown[0], count, names))


def _better(span: Span, policy: Policy, tx: Tx) -> Part | None:
    count, shown = period_changes.grades(tx, window(span), worse=False, limit=LISTED)
    if not count:
        return None
    names = masking.names(tx, [one.customer for one in shown])
    return Part(ngettext("{n} customer improved", "{n} customers improved", count), count, _graded(shown, names, policy, tx))


def _graded(shown: Sequence[Regraded], names: dict[str, str], policy: Policy, tx: Tx) -> list[list[Any]]:
    """Return customer, grade before and after, change of the expected loss, and the cause of the changed grade, a line each."""
    known = scores.of(tx, [one.customer for one in shown])
    causes = grade_moves.causes(tx, [(one.earlier, one.score) for one in shown])
    lines = []
    for one in shown:
        now = known.get(one.customer)
        lines.append(
            [
                blocks.bold(masking.with_id(one.customer, names.get(one.customer, one.customer))),
                f" · {words.level(Level(one.before))} → ",
                blocks.bold(words.level(Level(one.after))),
                *([" · ", _("little known")] if now and now.override_id is None and grade_words.little(now.confidence, policy) else []),
                f" · {score_words.expected_loss(one.loss_before, one.loss_after, one.currency)}",
                *([f" · {why}"] if (cause := causes.get(one.score)) and (why := score_words.cause(cause)) else []),
            ]
        )
    return lines


def _worst(one: Regraded, count: int, names: dict[str, str]) -> Lead:
    said = _("{customer} worsened from {before} to {after}; {loss}").format(
        customer=names.get(one.customer, one.customer),
        before=words.grade_word(Grade(one.before)),
        after=words.grade_word(Grade(one.after)),
        loss=score_words.expected_loss(one.loss_before, one.loss_after, one.currency),
    )
    if count > 1:
        said = _("{first}; {others}").format(
            first=said, others=ngettext("{n} more customer worsened", "{n} more customers worsened", count - 1)
        )
    return Lead(Urgency.SEVERE if Grade(one.after) is Grade.CRITICAL else Urgency.WORSE, said)


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
    if not count:
        return None
    worst = shown[0]
    said = _("{risk} logged for {customer}: {title}").format(
        risk=worst.id, customer=names.get(worst.customer, worst.customer), title=blocks.quoted(worst.title)
    )
    urgency = Urgency.WORSE if worst.level is Level.CRITICAL else Urgency.CHANGE
    return Part(ngettext("{n} new risk", "{n} new risks", count), count, lines, lead=Lead(urgency, and_others(said, count)))


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
    """Return the imports in a remark: loading a file is no change of the book by itself. Files concern the whole book."""
    found = period_changes.loads(tx, window(span)) if span.scope == ALL else []
    if not found:
        return None
    kinds = [
        _("{kind} {added} new, {changed} changed").format(kind=words.label(kind), added=words.count(added), changed=words.count(changed))
        for kind, _files, added, changed in found
    ]
    loaded = ngettext("{n} file loaded", "{n} files loaded", sum(each[1] for each in found))
    return Part(loaded, 0, remark=_("{files}: {rows}").format(files=loaded, rows=clauses(kinds)))


SECTIONS = [
    # names come first: who is worse than yesterday
    Section("worse", 5, False, _worse),
    Section("worsened", 110, False, _moved("worsened", _worsened)),
    Section("better", 120, False, _better),
    Section("risks", 130, False, _risks),
    Section("decisions", 140, False, _decisions),
    Section("letters", 150, False, _letters),
    Section("opened", 160, False, _moved("opened", _opened)),
    Section("eased", 170, False, _moved("eased", _eased)),
    Section("closed", 180, False, _moved("closed", _closed)),
    Section("loads", 190, False, _loads),
]
