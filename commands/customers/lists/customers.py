"""The book of customers."""

from __future__ import annotations

from datetime import date, timedelta

from commands.customers.lists import figures
from commands.customers.lists.shape import InDefault, ListArgs, Listing, LoanCategory, Row, Sort, compared, owners, short, wanted
from commands.kit import tables
from commands.kit.access import masking
from commands.kit.contract import Request
from commands.kit.i18n import _, ngettext
from commands.kit.input import several
from commands.kit.input.filters import COLUMNS
from commands.kit.wording import words
from commands.scoring import grade_words, pd_words, score_rows
from risk_engine.grading import Grade
from risk_engine.indicators.monitoring import Colour
from storage.customers.customer_list import BookOrder, Filters, Lacking, Listed, book
from storage.customers.customers import Rating
from storage.database import Tx
from storage.scoring import counting_letters, scores
from storage.scoring.scores import Score


def lines(args: ListArgs, sort: Sort, request: Request, tx: Tx, limit: int, offset: int) -> tuple[int, list[Row]]:
    colour = wanted(args, request, tx).colour
    filters = Filters(
        **{column: several.wanted(tx, column, getattr(args, column)) for column in COLUMNS},
        colour=colour,
        managers=owners(args, request),
        compared=compared(request),
        stages=tuple(int(stage) for stage in args.stage or ()),
        default=args.default is InDefault.YES if args.default else None,
        grades=tuple(Grade[grade.name] for grade in args.grade or ()),
        category=list(LoanCategory).index(args.loan_category) + 1 if args.loan_category else None,
        lacking=Lacking(args.without.value) if args.without else None,
        figures=figures.wanted(args, request, tx),
    )
    total, found = book(tx, filters, limit=limit, offset=offset, order=BookOrder(sort.value))
    ids = [line.customer.id for line in found]
    grades, beside = scores.of(tx, ids), score_rows.beside(tx, ids, None)
    letters = counting_letters.of(tx, grades.values())
    return total, [
        _row(line, grades.get(id), letters.get(id), beside.get(id, _NOTHING), request) for id, line in zip(ids, found, strict=True)
    ]


# the cells of a customer without a score
_NOTHING = (None,) * len(score_rows.BESIDE)


def _row(line: Listed, score: Score | None, rating: Rating | None, beside: tuple[object, ...], request: Request) -> Row:
    who = line.customer
    sign = words.colour(Colour(line.colour)) if line.colour is not None else "–"
    exact = "; ".join(f"{entry.currency} {entry.outstanding:f}" for entry in line.exposures) or None
    colour = Colour(line.colour).name.lower() if line.colour is not None else None
    graded = grade_words.marked(score, request.policy) if score else "–"
    return Row(
        (
            short(who.id, who.name),
            who.id,
            sign,
            graded,
            tables.Amount(line.worth),
            _owed(line, request),
            pd_words.letter(score, rating, line.rating, request.policy, request.today),
            tables.figure(line.open_risks or "–", line.open_risks),
        ),
        (
            *(colour, score.grade.name.lower() if score else None, who.id, who.name, who.group, who.sector, who.country),
            *(who.department, who.manager, exact, line.worth, compared(request).currency, _ledger(line)),
            line.open_risks,
            *beside,
        ),
        masking.called(who),
    )


def _ledger(line: Listed) -> date | None:
    """Return the day of the oldest entry of a customer's exposure."""
    return min((entry.as_of for entry in line.exposures), default=None)


def _owed(line: Listed, request: Request) -> str:
    """Return the drawn amounts in their own currencies, with the ledger's day if it is too old to be more than the last known one."""
    amounts, day = " + ".join(words.money(entry.outstanding, entry.currency) for entry in line.exposures) or "–", _ledger(line)
    if day is None or day >= request.day_of_figures - timedelta(days=request.policy.data.facility_days):
        return amounts
    return str(_("{figure} (old: {day})").format(figure=amounts, day=words.day(day)))


CUSTOMERS = Listing(
    filters=frozenset(
        [
            *("owner", "sector", "country", "department", "manager", "group", "colour"),
            *("stage", "default", "grade", "loan_category", "without", *figures.FIGURES),
        ]
    ),
    orders=(Sort.BREACH, Sort.EXPOSURE, Sort.NAME),
    count=lambda n: ngettext("{n} customer", "{n} customers", n),
    nothing=_("No customer has an open breach of that colour."),
    headings=(
        *(_("Customer"), _("ID"), _("Breach"), _("Grade"), _("Exposure"), _("In its currencies")),
        *(_("Rating"), _("Risks")),
    ),
    lead=4,
    columns=(
        *("breach", "grade", "id", "name", "group", "sector", "country", "department", "manager"),
        *("outstanding", "exposure", "exposure_currency", "exposure_as_of", "open_risks", *score_rows.BESIDE),
    ),
    lines=lines,
)
