"""/risk matrix [BASIS] [filters]: the open risks by likelihood and severity; each cell opens its list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from commands.kit import blocks, tables
from commands.kit.access import masking
from commands.kit.contract import Args, Block, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, ngettext
from commands.kit.input.fields import AnyCase, Ask, Page, Step
from commands.kit.paging import no_page, turns
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import RiskId
from risk_engine.register.assessment import Category, RiskKind
from risk_engine.register.mirrored_grid import board, column
from storage.database import Tx
from storage.register import matrix
from storage.register.matrix import Basis, Cell, Part

PAGE = 15
# cells with a button of their own; the others are typed
CELLS = 10
_TITLES: dict[Basis, Text] = {
    Basis.INHERENT: _("before any measure"),
    Basis.CURRENT: _("with the controls that were in operation"),
    Basis.RESIDUAL: _("after all measures tested effective"),
}
Word = Annotated[str, Field(min_length=1, max_length=100)]


class MatrixArgs(Args):
    basis: Annotated[Basis, AnyCase, Ask(_("Basis"))] = Basis.RESIDUAL
    kind: Annotated[RiskKind, AnyCase, Ask(_("Threat or opportunity"))] = RiskKind.THREAT
    category: Annotated[Category | None, AnyCase, Ask(_("Category"))] = None
    department: Annotated[Word | None, Ask(_("Department"))] = None
    sector: Annotated[Word | None, Ask(_("Sector"))] = None
    likelihood: Annotated[Step | None, Ask(_("Likelihood"), letter="L", scale="likelihood")] = None
    severity: Annotated[Step | None, Ask(_("Severity"), letter="S", scale="severity")] = None
    page: Page = 1


def show(args: MatrixArgs, request: Request, tx: Tx) -> Reply:
    part = Part(args.kind.value, args.category and args.category.value, args.department, args.sector)
    if args.likelihood is not None and args.severity is not None:
        return _cell(args, part, args.likelihood, args.severity, request, tx)
    return _whole(args, part, request, tx)


def _whole(args: MatrixArgs, part: Part, request: Request, tx: Tx) -> Reply:
    found = matrix.cells(tx, args.basis, part)
    total, worst = sum(cell.count for cell in found), [cell for cell in found if cell.level == found[0].level]
    other = RiskKind.OPPORTUNITY if args.kind is RiskKind.THREAT else RiskKind.THREAT
    turned = [(_("Opportunities") if other is RiskKind.OPPORTUNITY else _("Threats"), args.model_copy(update={"kind": other}))]
    turned += [(Text(words.heading(basis)), args.model_copy(update={"basis": basis})) for basis in Basis if basis is not args.basis]
    if not found:
        return Reply(str(_("No open risk of this kind is in the register.")), pages=turned)
    head = (
        ngettext("{n} open risk", "{n} open risks", total)
        if args.kind is RiskKind.THREAT
        else ngettext("{n} open opportunity", "{n} open opportunities", total)
    )
    counted = sum(cell.worst for cell in worst)
    gist = _("{count}: {n} {level}").format(count=head, n=counted, level=words.level(found[0].level))
    opens = [(Text(_named(cell)), _of(args, cell)) for cell in found[:CELLS]]
    body = [blocks.paragraph(blocks.bold(gist), f" · {_TITLES[args.basis]}"), _table(found, args, request)]
    return Reply(blocks.marked(gist), body, shareable=True, pages=[*opens, *turned])


def _named(cell: Cell) -> str:
    return f"L{cell.likelihood} S{cell.severity} · {cell.count}"


def _of(args: MatrixArgs, cell: Cell) -> MatrixArgs:
    return args.model_copy(update={"likelihood": cell.likelihood, "severity": cell.severity})


def _table(found: Sequence[Cell], args: MatrixArgs, request: Request) -> Block:
    """Return the grid, the highest likelihood first; severities rise, and the gains of opportunities fall, from left to right."""
    scales, chance = request.policy.scales, args.kind is RiskKind.OPPORTUNITY
    levels, counts = board(request.policy.matrix), {(cell.likelihood, cell.severity): cell.count for cell in found}
    severities = range(5, 0, -1) if chance else range(1, 6)
    headings = [_("Likelihood"), *(f"{step} {words.named(scales.severity[step - 1])}" for step in severities)]
    rows = [
        [
            f"{likelihood} {words.named(scales.likelihood[likelihood - 1])}",
            *(
                _count(counts.get((likelihood, severity), 0), int(levels[likelihood - 1, int(column(severity, chance))]))
                for severity in severities
            ),
        ]
        for likelihood in range(5, 0, -1)
    ]
    return tables.table(headings, rows, caption=_("Risk matrix"))


def _count(count: int, level: int) -> object:
    return tables.figure(f"{count} {'●' * level}{'○' * (4 - level)}" if count else "·", count)


def _cell(args: MatrixArgs, part: Part, likelihood: int, severity: int, request: Request, tx: Tx) -> Reply:
    total, found = matrix.within(tx, args.basis, part, likelihood, severity, limit=PAGE, offset=(args.page - 1) * PAGE)
    back = (_("◀ Back"), args.model_copy(update={"likelihood": None, "severity": None, "page": 1}))
    pages = -(-total // PAGE)
    where = _("likelihood {likelihood}, severity {severity}").format(likelihood=likelihood, severity=severity)
    if total and not found:
        raise Refused(no_page(args.page, pages), field="page")
    if not found:
        return Reply(str(_("No open risk stands at {where}.").format(where=where)), pages=[back])
    gist = ngettext("{n} open risk at {where}", "{n} open risks at {where}", total).format(where=where, n=total)
    rows = [
        (
            str(RiskId(one.id)),
            words.level(one.level),
            masking.customer(one.customer, one.name),
            masking.prose(one.title),
            request.name_of(one.owner),
        )
        for one in found
    ]
    headings = (_("ID"), _("Level"), _("Customer"), _("Risk"), _("Owner"))
    return Reply(
        blocks.marked(gist),
        [blocks.paragraph(blocks.bold(gist)), tables.table(headings, rows, caption=gist)],
        pages=[back, *turns(args, pages)],
    )


COMMAND = Command(
    "matrix",
    MatrixArgs,
    show,
    right=Right.READ,
    summary=_("Open risks by likelihood and severity"),
    examples=["matrix", "matrix inherent", "matrix kind=opportunity", "matrix L4 S5"],
    order=22,
    title=_("Risk matrix"),
    submit=_("Show"),
    classification=Secrecy.CONFIDENTIAL,
)
