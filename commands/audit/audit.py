"""/risk audit [THING]: its history, with people, values, reasons and places in the chain."""

from __future__ import annotations

from collections.abc import Mapping

from commands.audit.second_line import second_line, second_line_list
from commands.audit.trail import trail_lines
from commands.audit.trail.trail_asking import Asked, AuditArgs, Related, asked_for
from commands.audit.trail.trail_sheet import MOST, sheet_of
from commands.kit import blocks, tables
from commands.kit.access import masking
from commands.kit.contract import Blocks, Command, Refused, Reply, Request, Sheet
from commands.kit.i18n import Text, _, labelled, ngettext
from commands.kit.input.customer import Ambiguous
from commands.kit.paging import no_page, turns
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from storage.audit import trail
from storage.audit.history import Entry
from storage.database import Tx
from storage.delivery import deliveries

PAGE = 10


def audit(args: AuditArgs, request: Request, tx: Tx) -> Reply:
    if args.month is not None:
        return second_line.month(args.month, request, tx)
    try:
        asked = asked_for(args, request, tx)
    except Ambiguous as several:
        choices = [(Text(masking.with_id(id, name)), args.model_copy(update={"thing": id})) for id, name in several.candidates]
        return Reply(blocks.marked(several.sentence), [blocks.paragraph(several.sentence)], pages=choices)
    count = trail.count(tx, asked.wanted)
    if not count:
        return Reply(blocks.marked(_nothing(args, asked)))
    pages = -(-count // PAGE)
    found = trail.entries(tx, asked.wanted, limit=PAGE, offset=(args.page - 1) * PAGE)
    if not found:
        return Reply(str(no_page(args.page, pages)))
    heading, standing = _heading(asked, count), _standing(asked, request, tx)
    table = tables.table(trail_lines.HEADINGS, _rows(found, request, tx), caption=heading)
    body: Blocks = [blocks.header(heading), blocks.paragraph(standing), table]
    body.append(blocks.note(_below(args, asked, pages, tx)))
    return Reply(blocks.escape(f"{heading} · {standing}"), body, shareable=True, pages=turns(args, pages))


def _rows(found: list[Entry], request: Request, tx: Tx) -> list[tuple[object, ...]]:
    gone = trail.erasures(tx, found)
    names = _names(found, tx)
    return [trail_lines.row(entry, gone.get(entry.event.id), names, request.policy, name_of=request.name_of) for entry in found]


def _names(found: list[Entry], tx: Tx) -> Mapping[str, str]:
    return masking.names(tx, list({customer for entry in found if (customer := trail_lines.customer_of(entry.event))}))


# --- the answer --------------------------------------------------------------------------------------------------------


def _heading(asked: Asked, count: int) -> str:
    """Return whose entries these are, and their number."""
    many = ngettext("{count} entry", "{count} entries", count).format(count=words.count(count))
    return labelled(asked.name or _("Audit trail"), many)


def _standing(asked: Asked, request: Request, tx: Tx) -> str:
    """Return the last change and its author, how often a customer was viewed, and the extent of sealing."""
    newest = trail.last_change(tx, asked.wanted)
    last = trail_lines.gist(newest, request.at, name_of=request.name_of) if newest else _("nothing was changed")
    sealed = trail.sealed_up_to(tx)
    chain = _("not yet sealed") if sealed is None else _("sealed up to #{n}").format(n=words.count(sealed))
    return " · ".join(str(part) for part in (last, _looked(asked, tx), chain) if part)


def _looked(asked: Asked, tx: Tx) -> Text | None:
    """Return how often a customer was viewed, and by how many people."""
    if asked.wanted.customer is None:
        return None
    times, people = trail.looks(tx, asked.wanted)
    if not times:
        return None
    who = ngettext("{n} person", "{n} people", people)
    return ngettext("viewed once by {who}", "viewed {n} times by {who}", times).format(who=who)


def _below(args: AuditArgs, asked: Asked, pages: int, tx: Tx) -> str:
    parts = [_("Page {page} of {pages}").format(page=args.page, pages=pages)] if pages > 1 else []
    if args.related is Related.YES and asked.wanted.subjects is not None and len(asked.wanted.subjects) > 1:
        parts.append(_("with related entries (related=no leaves them out)"))
    parts.append(_("python -m bot audit verify proves the chain"))
    return " · ".join(str(part) for part in parts)


def _nothing(args: AuditArgs, asked: Asked) -> Text:
    narrowed = any(value is not None for value in (args.kind, args.by, args.since, args.until))
    if asked.name is None:
        return _("No entry of the trail matches.") if narrowed else _("The trail has no entry yet.")
    if narrowed:
        return _("No entry about {thing} matches the filters; try without them.").format(thing=asked.name)
    return _("The trail has no entry about {thing}. `/risk audit` shows the newest entries.").format(thing=asked.name)


def sheet(args: AuditArgs, request: Request, tx: Tx) -> Sheet:
    """Return every requested entry with values."""
    if args.month is not None:
        return second_line_list.sheet(args.month, tx)
    asked = asked_for(args, request, tx)
    count = trail.count(tx, asked.wanted)
    if count > MOST:
        sentence = _(
            "{n} entries are too many for one file; `since=` and `kind=` narrow them, `python -m bot audit export` takes them all."
        )
        raise Refused(sentence.format(n=words.count(count)))
    found = trail.entries(tx, asked.wanted, limit=MOST)
    told = deliveries.told_of(tx, [entry.event.id for entry in found])
    return sheet_of(asked.name, found, trail.erasures(tx, found), told, request)


COMMAND = Command(
    "audit",
    AuditArgs,
    audit,
    right=Right.AUDIT,
    summary=_("Who changed or viewed a risk, an approval, a customer or anything else"),
    examples=["audit R-17", "audit VK-01 kind=detail.read", "audit kind=approval since=2026-10-01", "audit month=2026-10"],
    title=_("The audit trail"),
    submit=_("Show"),
    order=60,
    sheet=sheet,
    classification=Secrecy.RESTRICTED,
)
