"""/risk top [N] [by=…] [sector=…]: the customers with most of the risk, its change, and their share of the total."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from statistics import median_low
from typing import Annotated, Any

from commands.customers import top_grades, top_heading, top_parts
from commands.customers.top_parts import Per
from commands.kit import blocks, tables
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Refused, Reply, Request, Sheet
from commands.kit.i18n import Text, _, labelled, listed, ngettext, pgettext
from commands.kit.input import several
from commands.kit.input.fields import AnyCase, Ask, Day, Many, Page
from commands.kit.input.filters import Words, empty_book, in_the_book, named_filters, values_that_exist
from commands.kit.paging import no_page, turns
from commands.kit.tables import Figure
from commands.kit.wording import words
from commands.scoring import grade_words, score_rows
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from risk_engine.ratings.customer_pd import PdOrigin
from storage.customers import customers
from storage.customers.book_totals import Totals
from storage.database import Tx
from storage.queries.one_of import Value
from storage.scoring import ranking, scores
from storage.scoring.ranking import By, Ranked
from storage.scoring.score_facts import facility_arrears

PAGE = 15
WEEK = timedelta(days=7)

_ORDERS = {
    By.EXPECTED_LOSS: _("highest expected loss first"),
    By.EXPOSURE: _("largest exposure first"),
    By.PD: _("highest PD first"),
    By.GRADE: _("worst grade first"),
    By.CHANGE: _("largest rise of the expected loss first"),
    By.OVERDUE: _("longest overdue first"),
}


# the column that the order is about, which stands beside the names; expected loss otherwise
_LEAD: dict[By, int | tuple[int, ...]] = {By.GRADE: 2, By.EXPOSURE: 3, By.PD: 4, By.CHANGE: 5, By.OVERDUE: (5, 6)}


class TopArgs(Args):
    n: Annotated[Many, Ask(_("How many"))] = 10
    by: Annotated[By, AnyCase, Ask(pgettext("sorting", "Order"))] = By.EXPECTED_LOSS
    sector: Annotated[Words | None, Ask(_("Sector"))] = None
    country: Annotated[Words | None, Ask(_("Country"))] = None
    department: Annotated[Words | None, Ask(_("Department"))] = None
    per: Annotated[Per | None, AnyCase, Ask(_("Totals by"))] = None
    since: Annotated[Day | None, Ask(_("Grade changes since"))] = None
    page: Page = 1


def top(args: TopArgs, request: Request, tx: Tx) -> Reply:
    args = in_the_book(args, tx)
    _check_combined(args)
    if scores.last_run(tx) is not None and args.per is not None:
        n = args.n if "n" in args.model_fields_set else None
        return top_parts.view(args.per, args.by, n, _filters(args, tx), named_filters(args), request, tx)
    if scores.last_run(tx) is not None and args.since is not None:
        return top_grades.view(args.since, args.n, _filters(args, tx), named_filters(args), request, tx)
    totals, lines = _ranked(args, request, tx)
    start = (args.page - 1) * PAGE
    shown = lines[start : start + PAGE]
    if not shown:
        return Reply(_nobody(tx, args, totals))
    overdue = _overdue(args.by, lines, request, tx)
    heading = top_heading.heading(args.by, totals, lines, overdue)
    if wanted := named_filters(args):
        heading = f"{heading} · {wanted}"
    first = listed(masking.customer(line.customer, line.name) for line in shown[:3])
    body = [
        blocks.header(heading),
        _table(args.by, shown, heading, overdue, request.policy),
        blocks.note(_below(args, totals, shown, request, tx)),
    ]
    return Reply(blocks.escape(f"{labelled(heading, first)} …"), body, shareable=True, pages=turns(args, -(-len(lines) // PAGE)))


def _overdue(by: By, lines: list[Ranked], request: Request, tx: Tx) -> dict[str, Decimal]:
    """Return the overdue amounts by customer, in the reporting currency, where the ranking is by arrears.

    Customers are left out if neither ledger nor schedule gives the amount of their arrears: the score takes all that is outstanding.
    """
    if by is not By.OVERDUE:
        return {}
    found = scores.figure(tx, [line.score for line in lines], "overdue_amount")
    whose = [line.customer for line in lines]
    late = facility_arrears.read(tx, request.policy, whose, as_of=request.day_of_figures, at=request.as_of)
    unknown = {one.customer for one in late.values() if one.overdue is None and one.days != 0}
    known = [line for line in lines if line.score in found and line.customer not in unknown]
    return {line.customer: Decimal(repr(found[line.score])).quantize(Decimal("0.01")) for line in known}


def _check_combined(args: TopArgs) -> None:
    """Refuse a day where no grades are asked for.

    Raises:
        Refused: names what would be accepted.
    """
    if args.since is not None and (args.per is not None or args.by is not By.GRADE):
        sentence = _("`since=` lists the changes of grades: use it as `/risk top by=grade since={day}`.")
        raise Refused(sentence.format(day=args.since), field="since")


def _filters(args: TopArgs, tx: Tx) -> dict[str, Value]:
    asked = {"sector": args.sector, "country": args.country, "department": args.department}
    return {column: value for column, typed in asked.items() if (value := several.wanted(tx, column, typed)) is not None}


def _ranked(args: TopArgs, request: Request, tx: Tx) -> tuple[Totals, list[Ranked]]:
    then = (request.as_of or request.at) - WEEK
    return ranking.top(tx, args.by, _filters(args, tx), limit=args.n, at=request.as_of, then=then)


def _table(by: By, shown: list[Ranked], caption: object, overdue: dict[str, Decimal], policy: Policy) -> dict[str, Any]:
    """Return one line per customer; each column of amounts has one unit, given in its heading."""
    currency = shown[0].currency
    unit, (losses, eads) = words.money_columns([line.expected_loss for line in shown], [line.ead for line in shown], currency=currency)
    last, lasts = _last_columns(by, shown, overdue, currency)
    rows = [
        (
            masking.customer(line.customer, line.name),
            tables.figure(lost, line.expected_loss),
            _grade(line, policy),
            tables.figure(owed, line.ead),
            tables.figure(words.share(line.pd) + ("*" if line.pd_origin is PdOrigin.POINTS else ""), line.pd),
            *ranked,
        )
        for line, lost, owed, ranked in zip(shown, losses, eads, lasts, strict=True)
    ]
    headings = (_("Customer"), words.in_unit("EL", unit), _("Grade"), words.in_unit("EAD", unit), _("PD"), *last)
    return tables.table(headings, rows, caption=caption, lead=_LEAD.get(by, 1))


def _grade(line: Ranked, policy: Policy) -> str:
    """Return the grade with its override, or marked with ``?`` where little is known."""
    if line.override_id is not None:
        return grade_words.marked(line, policy)
    return words.grade(line.grade) + ("?" if grade_words.little(line.confidence, policy) else "")


def _last_columns(by: By, shown: list[Ranked], overdue: dict[str, Decimal], currency: str) -> tuple[list[str], list[list[Figure]]]:
    """Return days and amount overdue, or the change within seven days of exposure or expected loss, by the ranking."""
    if by is By.OVERDUE:
        owed = [overdue.get(line.customer) for line in shown]
        # the usual amount names the unit: one large amount would round the others away
        usual = median_low([amount for amount in owed if amount] or [Decimal(0)])
        unit, (amounts, _usual) = words.money_columns(owed, [usual], currency=currency)
        days = [tables.figure(words.reading(line.days_past_due, "days"), line.days_past_due) for line in shown]
        late = [tables.figure(written, amount) for written, amount in zip(amounts, owed, strict=True)]
        return [str(_("Days past due")), words.in_unit(_("Overdue"), unit)], [list(pair) for pair in zip(days, late, strict=True)]
    changes = [line.ead_change if by is By.EXPOSURE else line.change for line in shown]
    unit, amounts = words.money_column([None if change is None else abs(change) for change in changes], currency)
    heading = _("7-day {figure} change").format(figure="EAD" if by is By.EXPOSURE else "EL")
    moves = [_moved(change, amount, new=line.new) for line, change, amount in zip(shown, changes, amounts, strict=True)]
    return [words.in_unit(heading, unit)], [[tables.figure(moved, change)] for moved, change in zip(moves, changes, strict=True)]


def _moved(change: Decimal | None, amount: str, *, new: bool) -> str:
    """Return ``▲1.20`` for a rise, which is for the worse, ``▽0.30`` for a fall; a dash without an earlier figure."""
    if change is None:
        return amount
    if new:
        return str(_("{amount} new").format(amount=amount))
    return f"{words.sign(change > 0, worse=change > 0)}{amount}" if change else "="


def _amount(amount: Decimal | None, currency: str) -> str:
    return "–" if amount is None else words.money(amount, currency)


def _below(args: TopArgs, totals: Totals, shown: list[Ranked], request: Request, tx: Tx) -> Text:
    """Return omitted customers, totals, and the date."""
    run = scores.last_run(tx, at=request.as_of)
    assert run is not None, "scores have a run"
    whole = _("All: EL {loss}, EAD {ead}").format(
        loss=_amount(totals.expected_loss, str(totals.currency)), ead=_amount(totals.ead, str(totals.currency))
    )
    parts: list[Text | str] = [_ORDERS[args.by], whole]
    if totals.without_loss:
        parts.append(_("{n} without EL: not in the totals").format(n=f"{totals.without_loss:,}"))
    if len(_pages(args, totals)) > 1:
        parts.append(_("page {page} of {pages}").format(page=args.page, pages=len(_pages(args, totals))))
    if any(line.pd_origin is PdOrigin.POINTS for line in shown):
        parts.append(_("* PD by points, without a rating"))
    if any(line.override_id is None and grade_words.little(line.confidence, request.policy) for line in shown):
        parts.append(_("? little known"))
    parts.append(_("as of {day}, scored {at}").format(day=words.day(run.as_of), at=words.moment(run.at)))
    return Text(" · ".join(str(part) for part in parts))


def _pages(args: TopArgs, totals: Totals) -> range:
    return range(0, min(args.n, totals.customers - totals.unranked), PAGE)


def _nobody(tx: Tx, args: TopArgs, totals: Totals) -> str:
    """Return the reason for an empty ranking, and the remedy."""
    if customers.count(tx) == 0:
        return empty_book(tx)
    if scores.last_run(tx) is None:
        return str(_("No customer has been scored yet. Scoring follows within a minute of an import, or run `python -m bot score`."))
    if not totals.customers:
        said = _("No scored customer with {wanted}. {known}").format(wanted=named_filters(args), known=values_that_exist(tx, args))
        return blocks.marked(said).rstrip()
    if args.page > 1:
        return str(no_page(args.page, len(_pages(args, totals))))
    if args.by is By.OVERDUE:
        wanted = named_filters(args)
        if wanted:
            return blocks.marked(_("No customer with {wanted} is known to be past due.").format(wanted=wanted))
        return str(_("No customer is known to be past due."))
    if args.by is By.CHANGE:
        return str(_("No score is older than seven days: there is nothing to compare with yet."))
    return str(
        ngettext(
            "{n} customer matches, but its figures cannot be computed: `/risk show` lists the missing inputs.",
            "{n} customers match, but their figures cannot be computed: `/risk show` lists the missing inputs.",
            totals.customers,
        )
    )


def sheet(args: TopArgs, request: Request, tx: Tx) -> Sheet:
    """Return every line of the ranking, with values."""
    args = in_the_book(args, tx)
    _check_combined(args)
    if args.per is not None:
        return top_parts.sheet(args.per, args.by, _filters(args, tx), tx)
    if args.since is not None:
        return top_grades.sheet(args.since, _filters(args, tx), request, tx)
    _totals, lines = _ranked(args, request, tx)
    beside = score_rows.beside(tx, [line.customer for line in lines], request.as_of)
    headings = ("rank", "id", "name", "sector", "country", "department", "grade", "expected_loss_change_7d", "ead_change_7d", "missing")
    rows = [
        (
            *(place, line.customer, line.name, line.sector, line.country, line.department, line.grade.name.lower()),
            *(line.change, line.ead_change, (line.missing or "").replace("\n", "; ")),
            *beside[line.customer],
        )
        for place, line in enumerate(lines, 1)
    ]
    return Sheet(f"top-{args.by.value}", [*headings, *score_rows.BESIDE], rows, {line.customer for line in lines})


COMMAND = Command(
    "top",
    TopArgs,
    top,
    right=Right.READ,
    summary=_("Customers with the most risk: by expected loss, exposure, PD, grade, change or days past due"),
    examples=["top", "top 20 by=exposure", "top 5 by=change sector=Transport", "top per=sector", "top by=grade since=friday"],
    title=_("Top customers"),
    submit=_("Show"),
    order=11,
    sheet=sheet,
    classification=Secrecy.CONFIDENTIAL,
)
