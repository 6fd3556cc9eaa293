"""The book of customers."""

from __future__ import annotations

from datetime import timedelta

from commands.customers.lists.shape import InDefault, ListArgs, Listing, Row, Sort, compared, owners, short, wanted
from commands.kit import tables
from commands.kit.access import masking
from commands.kit.contract import Request
from commands.kit.i18n import _, ngettext
from commands.kit.wording import words
from commands.scoring import grade_words
from risk_engine.grading import Grade
from risk_engine.indicators.monitoring import Colour
from storage.customers.customer_list import BookOrder, Filters, Listed, book
from storage.database import Tx
from storage.scoring import scores
from storage.scoring.scores import Score


def lines(args: ListArgs, sort: Sort, request: Request, tx: Tx, limit: int, offset: int) -> tuple[int, list[Row]]:
    colour = wanted(args, request).colour
    filters = Filters(
        *(args.sector, args.country, args.department, args.manager, args.group, colour, owners(args, request), compared(request)),
        stage=int(args.stage) if args.stage else None,
        default=args.default is InDefault.YES if args.default else None,
        grade=Grade[args.grade.name] if args.grade else None,
    )
    total, found = book(tx, filters, limit=limit, offset=offset, order=BookOrder(sort.value))
    grades = scores.of(tx, [line.customer.id for line in found])
    return total, [_row(line, grades.get(line.customer.id), request) for line in found]


def _row(line: Listed, score: Score | None, request: Request) -> Row:
    who, letter = line.customer, line.rating.letter if line.rating else None
    sign = words.colour(Colour(line.colour)) if line.colour is not None else "–"
    owed = " + ".join(words.money(entry.outstanding, entry.currency) for entry in line.exposures) or "–"
    exact = "; ".join(f"{entry.currency} {entry.outstanding:f}" for entry in line.exposures) or None
    colour = Colour(line.colour).name.lower() if line.colour is not None else None
    fresh = request.today - timedelta(days=request.policy.data.rating_days)
    shown = str(_("{rating} (old)").format(rating=letter)) if line.rating and line.rating.as_of < fresh else letter or "–"
    graded = grade_words.marked(score, request.policy) if score else "–"
    return Row(
        (
            short(who.id, who.name),
            who.id,
            tables.figure(sign, line.colour),
            tables.figure(graded, score.grade if score else None),
            owed,
            shown,
            tables.figure(line.open_risks or "–", line.open_risks),
        ),
        (
            *(colour, score.grade.name.lower() if score else None, who.id, who.name, who.group, who.sector, who.country),
            *(who.department, who.manager, exact, letter, line.open_risks),
        ),
        masking.called(who),
    )


CUSTOMERS = Listing(
    filters=frozenset({"owner", "sector", "country", "department", "manager", "group", "colour", "stage", "default", "grade"}),
    orders=(Sort.BREACH, Sort.EXPOSURE, Sort.NAME),
    count=lambda n: ngettext("{n} customer", "{n} customers", n),
    nothing=_("No customer has an open breach of that colour."),
    headings=(_("Customer"), _("ID"), _("Breach"), _("Grade"), _("Exposure"), _("Rating"), _("Risks")),
    lead=4,
    columns=("breach", "grade", "id", "name", "group", "sector", "country", "department", "manager", "outstanding", "rating", "open_risks"),
    lines=lines,
)
