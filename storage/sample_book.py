"""A small book of invented borrowers to try the product on: forty customers in twelve groups, some of them in trouble."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

QUARTERS, MONTHS = 12, 12
# reports arrive some weeks after the quarter, and after the month some days
_QUARTER_LAG, _MONTH_LAG = timedelta(days=20), timedelta(days=3)

# id | name | aliases | group | sector | country | currency | kind | department | manager | story; every name is invented
_BOOK = """
NH-01 | Nordhafen Holding AG | Nordhafen; 诺德港控股 | Nordhafen | Ports | DE | EUR | other | Corporate North | Ana Duarte | steady
NH-02 | Nordhafen Terminal 2 GmbH | NT2 | Nordhafen | Ports | DE | EUR | project | Project Finance | Ana Duarte | slide
NH-03 | Nordhafen Reefer Logistik GmbH | | Nordhafen | Logistics | DE | EUR | other | Corporate North | Ana Duarte | dip
NV-01 | Nordhavn Vind A/S | Nordhavn Wind | Nordhavn Vind | Renewables | DK | EUR | other | Corporate North | Ana Duarte | steady
NV-02 | Nordhavn Vind Fase Tre A/S | | Nordhavn Vind | Renewables | DK | EUR | project | Project Finance | Ana Duarte | recovery
NV-03 | Nordhavn Vind Fase Fire A/S | | Nordhavn Vind | Renewables | DK | EUR | project | Project Finance | Ana Duarte | slip
QL-01 | Qinglan Water Group | 青岚水务集团; Qinglan Shuiwu | Qinglan | Utilities | CN | CNY | other | Corporate Asia | Lin Mei | steady
QL-02 | Qinglan Desalination Project Co | 青岚海水淡化项目公司 | Qinglan | Utilities | CN | CNY | project | Project Finance | Lin Mei | slip
QL-03 | Qinglan Pipes Co | 青岚管业 | Qinglan | Manufacturing | CN | CNY | manufacturer | Corporate Asia | Lin Mei | steady
QL-04 | Qinglan Membranes Co | 青岚膜科技 | Qinglan | Manufacturing | CN | CNY | listed manufacturer | Corporate Asia | Lin Mei | dip
JX-01 | Jinxiang Solar Co | 锦翔光伏; 锦翔股份 | Jinxiang | Renewables | CN | CNY | listed manufacturer | Corporate Asia | Lin Mei | slide
JX-02 | Jinxiang Gansu Solar Park Co | 锦翔甘肃光伏电站 | Jinxiang | Renewables | CN | CNY | project | Project Finance | Lin Mei | slide
JX-03 | Jinxiang Trading (Hong Kong) Ltd | 锦翔贸易（香港） | Jinxiang | Trade | HK | HKD | other | Corporate Asia | Lin Mei | stale
YH-01 | Yunhe Bridge Investment Co | 云合桥梁投资 | Yunhe | Transport | CN | CNY | project | Project Finance | Lin Mei | steady
YH-02 | Yunhe Tollways Co | 云合高速 | Yunhe | Transport | CN | CNY | project | Project Finance | Lin Mei | recovery
YH-03 | Yunhe Concrete Co | 云合建材 | Yunhe | Construction | CN | CNY | manufacturer | Corporate Asia | Lin Mei | slip
BV-01 | Brennavik Sjømat AS | Brennavik Seafood | Brennavik | Food | NO | NOK | manufacturer | Corporate North | Jonas Brekke | steady
BV-02 | Brennavik Smolt AS | | Brennavik | Food | NO | NOK | other | Corporate North | Jonas Brekke | slip
BV-03 | Brennavik Shipping AS | | Brennavik | Shipping | NO | USD | other | Corporate North | Jonas Brekke | stale
CV-01 | Cormorán Vías S.A. | Cormoran Vias | Cormorán | Transport | ES | EUR | other | Corporate South | Inés Pardo | steady
CV-02 | Autopista Cormorán Norte S.A. | | Cormorán | Transport | ES | EUR | project | Project Finance | Inés Pardo | slide
CV-03 | Autopista Cormorán Sur S.A. | | Cormorán | Transport | ES | EUR | project | Project Finance | Inés Pardo | lookalike
CV-04 | Hormigones Cormorán S.L. | | Cormorán | Construction | ES | EUR | manufacturer | Corporate South | Inés Pardo | late
TM-01 | Tessitura Monteluce S.p.A. | Monteluce | Monteluce | Textiles | IT | EUR | listed manufacturer | Corporate South | Inés Pardo | slip
TM-02 | Monteluce Moda S.r.l. | | Monteluce | Retail | IT | EUR | other | Corporate South | Inés Pardo | late
TM-03 | Monteluce Immobiliare S.r.l. | | Monteluce | Real estate | IT | EUR | other | Corporate South | Inés Pardo | steady
AB-01 | Aberlyn Distillers plc | Aberlyn | Aberlyn | Food | GB | GBP | listed manufacturer | Corporate North | Jonas Brekke | steady
AB-02 | Aberlyn Cooperage Ltd | | Aberlyn | Manufacturing | GB | GBP | manufacturer | Corporate North | Jonas Brekke | recovery
AB-03 | Aberlyn Green Heat Ltd | | Aberlyn | Utilities | GB | GBP | project | Project Finance | Jonas Brekke | steady
AB-04 | Aberlynn Care Homes Ltd | | | Health care | GB | GBP | other | Corporate North | Jonas Brekke | lookalike
LP-01 | Lumière Perchée SA | Lumiere Perchee | Lumière Perchée | Media | FR | EUR | other | Corporate South | Inés Pardo | dip
LP-02 | Studios Lumière Perchée SAS | | Lumière Perchée | Media | FR | EUR | project | Project Finance | Inés Pardo | stale
LP-03 | Lumière Perchée Distribution SAS | | Lumière Perchée | Media | FR | EUR | other | Corporate South | Inés Pardo | steady
VK-01 | Vltava Kov a.s. | Vltava Metal | Vltava Kov | Manufacturing | CZ | CZK | manufacturer | Corporate South | Eva Novak | slide
VK-02 | Vltava Kov Energo s.r.o. | | Vltava Kov | Utilities | CZ | CZK | other | Corporate South | Eva Novak | lookalike
HS-01 | Haishan Shipyard Co | 海杉船厂; Haishan Chuanchang | Haishan | Shipping | CN | USD | manufacturer | Corporate Asia | Lin Mei | late
HS-02 | Haishan Offshore Wind Co | 海杉海上风电 | Haishan | Renewables | CN | CNY | project | Project Finance | Lin Mei | recovery
HS-03 | Haishan Marine Leasing Ltd | 海杉海事租赁 | Haishan | Shipping | HK | USD | other | Corporate Asia | Lin Mei | slip
HA-01 | Haisan Foods Co | 海三食品 | | Food | CN | CNY | manufacturer | Corporate Asia | Lin Mei | steady
SO-01 | Solbacken Skola Fastigheter AB | Solbacken | | Real estate | SE | SEK | other | Corporate North | Jonas Brekke | steady
"""

_FACILITIES = ("term_loan", "revolver", "guarantee", "letter_of_credit", "acceptance", "bond", "other")
_COLLATERAL = ("real_estate", "receivables", "equipment", "shares", "cash", "guarantee", "other")
_LETTERS = {"steady": "A", "lookalike": "BBB", "dip": "BBB", "recovery": "BB", "stale": "BB", "slip": "B", "late": "B", "slide": "CCC"}

# indicator: healthy, just short of amber, amber, red; against the packaged policy
_LEVELS = {
    "dscr": (1.55, 1.24, 1.14, 0.96),
    "interest_coverage": (4.8, 2.1, 1.6, 0.9),
    "current_ratio": (1.70, 1.04, 0.86, 0.58),
    "debt_ratio": (0.52, 0.78, 0.86, 0.97),
    "utilisation": (0.45, 0.83, 0.89, 0.98),
}
_HEALTHY, _CLOSE, _AMBER, _RED = range(4)
# the last readings of each story, newest last; what lies before is healthy
_STORIES = {
    "steady": (_HEALTHY,),
    "slide": (_CLOSE, _AMBER, _AMBER, _RED),
    "slip": (_CLOSE, _CLOSE, _AMBER),
    "recovery": (_AMBER, _RED, _RED, _AMBER, _HEALTHY, _HEALTHY),
    "dip": (_AMBER, _HEALTHY, _HEALTHY, _HEALTHY),  # a false friend: one bad report, long gone
    "lookalike": (_CLOSE,) * QUARTERS,  # another: always near the threshold, or a name like a sick customer's
    "late": (_HEALTHY,),  # the ratios are fine, the payments are not
    "stale": (_AMBER,),  # and nothing for three quarters
}
_SILENT_QUARTERS = 3
_LATE_DAYS = (0, 0, 4, 12, 18, 34)


@dataclass(frozen=True, slots=True)
class _Borrower:
    id: str
    name: str
    aliases: str
    group: str
    sector: str
    country: str
    currency: str
    kind: str
    department: str
    manager: str
    story: str

    @property
    def project(self) -> bool:
        return self.kind == "project"


def write_sample_book(folder: Path, *, seed: int, today: date) -> None:
    """Write customers, facilities, ratings and observations of the sample book as CSV files into a folder.

    The same seed and day give the same files. On another day ids stay, newer dates are added, and a date that both books
    hold keeps its figure within a quarter; later the stories move on, and what differs becomes a new version.
    """
    borrowers = [_Borrower(*(part.strip() for part in line.split("|"))) for line in _BOOK.strip().splitlines()]
    quarters, months = _period_ends(today - _QUARTER_LAG, 3, QUARTERS), _period_ends(today - _MONTH_LAG, 1, MONTHS)
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "customers.csv", "id name group sector country department manager kind currency aliases since", _customers(borrowers, seed)
    )
    _write(
        folder / "facilities.csv",
        "id customer kind currency limit outstanding start maturity rate rate_kind ccf lgd collateral collateral_kind seniority"
        " days_past_due as_of",
        _facilities(borrowers, seed, months[-1]),
    )
    _write(folder / "ratings.csv", "customer rating as_of agency scale outlook", _ratings(borrowers, quarters))
    rows = [row for borrower in borrowers for row in (*_quarterly(borrower, seed, quarters), *_monthly(borrower, seed, months))]
    _write(folder / "observations.csv", "customer indicator as_of value source unit note", rows)


def _write(path: Path, header: str, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header.split(), *rows])


def _chance(seed: int, *key: object) -> random.Random:
    """Chance that belongs to one thing: what is added beside it does not move it."""
    return random.Random(f"{seed}:{':'.join(map(str, key))}")


def _period_ends(until: date, months: int, count: int) -> list[date]:
    """The last days of the newest ``count`` periods of so many months, oldest first."""
    begun = until.year * 12 + (until.month - 1) // months * months
    # the day before a period begins; if ``until`` itself ends a period, that one counts
    after = until + timedelta(days=1)
    begun = max(begun, after.year * 12 + (after.month - 1) // months * months)
    starts = [begun - months * back for back in range(count)]
    return [date(start // 12, start % 12 + 1, 1) - timedelta(days=1) for start in reversed(starts)]


def _customers(borrowers: Sequence[_Borrower], seed: int) -> list[list[object]]:
    rows: list[list[object]] = []
    for each in borrowers:
        since = date(_chance(seed, each.id).randint(1998, 2019), 4, 1)
        who: list[object] = [each.id, each.name, each.group, each.sector, each.country, each.department, each.manager, each.kind]
        rows.append([*who, each.currency, each.aliases, since])
    return rows


def _facilities(borrowers: Sequence[_Borrower], seed: int, as_of: date) -> list[list[object]]:
    rows: list[list[object]] = []
    for place, each in enumerate(borrowers):
        kinds = ("project_loan", "letter_of_credit") if each.project else ("term_loan", _FACILITIES[place % len(_FACILITIES)])
        for number, kind in enumerate(kinds, start=1):
            chance = _chance(seed, each.id, number)
            limit = chance.randint(4, 90) * (5_000_000 if each.project else 1_000_000)
            drawn = _LEVELS["utilisation"][_STORIES[each.story][-1]]
            late = _LATE_DAYS[-1] if each.story == "late" and number == 1 else 0
            start = chance.randint(2016, 2022)
            terms = [f"{start}-07-01", f"{start + chance.randint(12, 18)}-06-30", f"{chance.uniform(0.025, 0.075):.4f}"]
            cover = [f"{limit * chance.uniform(0.3, 1.1):.2f}", "equipment" if each.project else _COLLATERAL[place % len(_COLLATERAL)]]
            amounts = [limit, f"{limit * drawn:.2f}"]
            risk = [chance.choice(("floating", "fixed")), chance.choice((0.2, 0.5, 0.75)), chance.choice((0.25, 0.35, 0.45))]
            seniority = "subordinated" if kind == "other" else "senior"
            rows.append([f"{each.id}-F{number}", each.id, kind, each.currency, *amounts, *terms, *risk, *cover, seniority, late, as_of])
    return rows


def _ratings(borrowers: Sequence[_Borrower], quarters: Sequence[date]) -> list[list[object]]:
    rows: list[list[object]] = []
    for each in borrowers:
        letter, year_ago = _LETTERS[each.story], quarters[-5]
        before = {"slide": "BB", "slip": "BBB", "late": "BBB", "recovery": "CCC"}.get(each.story, letter)
        outlook = "negative" if each.story in {"slide", "slip", "late"} else "positive" if each.story == "recovery" else "stable"
        rows.append([each.id, before, year_ago, "internal", "internal", "stable"])
        if each.story != "stale":
            rows.append([each.id, letter, quarters[-1], "internal", "internal", outlook])
    return rows


def _quarterly(each: _Borrower, seed: int, quarters: Sequence[date]) -> Iterator[list[object]]:
    indicators = ("dscr", "debt_ratio") if each.project else ("interest_coverage", "current_ratio", "debt_ratio")
    dated = quarters[:-_SILENT_QUARTERS] if each.story == "stale" else quarters
    # trouble shows in one indicator, at makers of things in their working capital; the slides reach the balance sheet as well
    first = "current_ratio" if "manufacturer" in each.kind else indicators[0]
    for indicator in indicators:
        second = "slip" if each.story == "slide" and indicator == "debt_ratio" else "steady"
        levels = _levels(each.story if indicator == first else second, len(dated))
        for day, level in zip(dated, levels, strict=True):
            yield [each.id, indicator, day, _figure(seed, each, indicator, day, level), "customer", "ratio", ""]


def _monthly(each: _Borrower, seed: int, months: Sequence[date]) -> Iterator[list[object]]:
    dated = months[: -_SILENT_QUARTERS * 3] if each.story == "stale" else months
    levels = _levels("slip" if each.story == "slide" else "steady", len(dated))
    for place, (day, level) in enumerate(zip(dated, levels, strict=True)):
        back = len(dated) - place
        days = _LATE_DAYS[-back] if each.story == "late" and back <= len(_LATE_DAYS) else 0
        yield [each.id, "utilisation", day, _figure(seed, each, "utilisation", day, level), "relationship", "ratio", ""]
        yield [each.id, "days_past_due", day, days, "relationship", "days", "reminder sent" if days > 10 else ""]
    if each.kind == "listed manufacturer" and dated:
        price = _chance(seed, each.id, "price").uniform(8, 90)
        yield [each.id, "share_price", dated[-1], f"{price:.2f}", "market", each.currency, ""]
        yield [each.id, "competitor_price_index", dated[-1], f"{price / 40 + 0.7:.3f}", "competitor", "index", ""]


def _levels(story: str, count: int) -> list[int]:
    told = _STORIES[story][-count:]
    return [_HEALTHY] * (count - len(told)) + list(told)


def _figure(seed: int, each: _Borrower, indicator: str, day: date, level: int) -> str:
    """A figure near its level; the noise is small enough never to cross a threshold."""
    value = _LEVELS[indicator][level]
    return f"{value * (1 + _chance(seed, each.id, indicator, day).uniform(-0.008, 0.008)):.4f}"
