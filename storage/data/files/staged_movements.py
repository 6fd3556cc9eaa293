"""A staged file of transactions: it holds whole months, or none of a month, and is condensed by account and month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from risk_engine.conduct.account_month import AccountMonth, Movement, condensed
from storage.data.files.cells import Cell
from storage.data.files.kinds.transactions import CONDENSED
from storage.data.files.mapping.plan import Plan
from storage.data.files.refusals import Accepted, Refusal
from storage.data.files.staging import StagedFile

_CHUNK = 5_000
# columns with one value for each account
_OF_THE_ACCOUNT = ("customer_id", "facility", "currency")
# the reason of rows that are refused with another one of their account and month
TORN = "whole_month"
_MONTH = "SUBSTR(date, 1, 7)"
_IS_SPOILED = (
    f"(account, {_MONTH}) IN (SELECT account, month FROM spoiled)"
    " OR account IN (SELECT account FROM spoiled WHERE month IS NULL)"
    f" OR {_MONTH} IN (SELECT month FROM spoiled WHERE account IS NULL)"
    " OR EXISTS (SELECT 1 FROM spoiled WHERE account IS NULL AND month IS NULL)"
)


class StagedMovements(StagedFile):
    """Transactions in staging; after :meth:`condense` its facts are months, each with the row of its first transaction.

    A refused row refuses the other rows of its account and month, since the figures of half a month would be wrong; so the rejects
    hold whole months too. If its account or date cannot be read, it may belong to any.
    """

    def __init__(self, plan: Plan, path: Path) -> None:
        super().__init__(plan, path)
        self._db.execute("CREATE TABLE spoiled (account TEXT, month TEXT)")
        self._merged = 0

    # --- filling ---------------------------------------------------------------------------------------------

    def refuse_row(self, cells: Sequence[str], refusals: Iterable[Refusal]) -> None:
        super().refuse_row(cells, refusals)
        known = self.plan.readable(cells)
        day = known.get("date")
        self._db.execute("INSERT INTO spoiled VALUES (?, ?)", (known.get("account"), str(day)[:7] if day else None))

    def settle(self) -> None:
        self._db.execute("UPDATE fact SET amount = -ABS(amount) WHERE direction = 'debit'")
        # without a reference a transaction is known by its day, amount and balance
        self._db.execute("UPDATE fact SET reference = PRINTF('%s %d %d', date, amount, balance) WHERE reference = ''")
        super().settle()
        self._db.execute("CREATE INDEX fact_order ON fact (account, date)")

    def _drop_refused(self) -> None:
        self._db.execute(f"INSERT INTO spoiled SELECT DISTINCT account, {_MONTH} FROM fact WHERE row IN (SELECT row FROM refusal)")
        super()._drop_refused()

    # --- owners ----------------------------------------------------------------------------------------------

    def unowned(self) -> Iterator[list[str]]:
        """Yield the accounts without a customer, in chunks; a customer that one row names counts for all rows of the account."""
        if "customer_id" not in self.plan.absent:
            named = "SELECT account, MAX(customer_id) FROM fact GROUP BY account"
            half = f"{named} HAVING COUNT(customer_id) BETWEEN 1 AND COUNT(*) - 1"
            self.own(dict(self._db.execute(half).fetchall()))
        accounts = [id for (id,) in self._db.execute("SELECT DISTINCT account FROM fact WHERE customer_id IS NULL ORDER BY account")]
        yield from (accounts[start : start + _CHUNK] for start in range(0, len(accounts), _CHUNK))

    def own(self, owners: Mapping[str, str]) -> None:
        """Enter the customers of accounts."""
        self._db.executemany(
            "UPDATE fact SET customer_id = ? WHERE account = ? AND customer_id IS NULL", [(who, account) for account, who in owners.items()]
        )

    def refuse_unowned(self) -> None:
        """Refuse the rows of accounts whose customer is not known."""
        query = "SELECT DISTINCT row, ?, '', 'account_customer', '{}' FROM fact WHERE customer_id IS NULL"
        self._db.execute(f"INSERT INTO refusal {query}", (self._shown("customer_id"),))
        self._drop_refused()

    # --- condensing ------------------------------------------------------------------------------------------

    def condense(self) -> None:
        """Replace the transactions by months; call once, after the last check of a row."""
        self.refuse(list(self._disagreeing()))
        self._drop_refused()
        self._refuse_torn()
        self._merged = super().merged
        self._db.execute("ALTER TABLE fact RENAME TO movement")
        columns = ", ".join(f'"{column}"' for column in CONDENSED)
        self._db.execute(f"CREATE TABLE fact (row INTEGER, {columns}, twin INTEGER DEFAULT 0)")
        insert = f"INSERT INTO fact (row, {columns}) VALUES (?{', ?' * len(CONDENSED)})"
        months = self._months()
        while chunk := [month for month, _place in zip(months, range(_CHUNK), strict=False)]:
            self._many(insert, chunk)

    def _disagreeing(self) -> Iterator[Refusal]:
        """Yield the rows of an account that name another customer, facility or currency than its first row."""
        for column in _OF_THE_ACCOUNT:
            twice = f"SELECT account FROM fact GROUP BY account HAVING COUNT(DISTINCT {column}) > 1"
            query = f"SELECT account, row, {column} FROM fact WHERE account IN ({twice}) AND {column} IS NOT NULL ORDER BY account, rowid"
            for _account, group in groupby(self._db.execute(query), key=itemgetter(0)):
                (_, first, told), *others = group
                facts = {"rows": [first], "values": [told]}
                yield from (Refusal(row, self._shown(column), said, Accepted("same", facts)) for _, row, said in others if said != told)

    def _shown(self, column: str) -> str:
        name = self.plan.shown_as(column)
        return "customer" if name == "customer_id" else name

    def _refuse_torn(self, table: str = "fact") -> None:
        torn = f"({_IS_SPOILED}) AND row NOT IN (SELECT row FROM refusal)"
        self._db.execute(f"INSERT INTO refusal SELECT row, ?, date, '{TORN}', '{{}}' FROM {table} WHERE {torn}", (self._shown("date"),))
        super()._drop_refused()

    def _months(self) -> Iterator[tuple[Cell, ...]]:
        """Yield each account's months, one account at a time."""
        (last,) = self._db.execute("SELECT MAX(date) FROM movement").fetchone()
        counted = "kind" not in self.plan.absent
        named = f"SELECT {', '.join(f'MAX({column})' for column in _OF_THE_ACCOUNT)} FROM movement WHERE twin = 0 GROUP BY account"
        accounts = self._db.execute(f"{named} ORDER BY account")
        query = f"SELECT account, {_MONTH}, row, date, amount, balance, kind FROM movement WHERE twin = 0"
        cursor = self._db.execute(f"{query} ORDER BY account, date, rowid")
        for account, months in groupby(cursor, key=itemgetter(0)):
            told = next(accounts)
            for month, group in groupby(months, key=itemgetter(1)):
                rows = list(group)
                found = condensed([_movement(row) for row in rows], date.fromisoformat(last))
                yield (min(row[2] for row in rows), account, f"{month}-01", *told, *_figures(found, counted=counted))

    @property
    def merged(self) -> int:
        return self._merged or super().merged

    # --- against the record ----------------------------------------------------------------------------------

    def months(self) -> Iterator[list[tuple[str, str, int, int, str, str, str]]]:
        """Yield account, month, movements, gaps, first and last day and end of every month, in chunks."""
        query = 'SELECT account, month, movements, gaps, "first", "last", until FROM fact ORDER BY account, month'
        cursor = self._db.execute(query)
        while chunk := cursor.fetchmany(_CHUNK):
            yield chunk

    def refuse_months(self, refused: Iterable[tuple[str, str, Accepted]]) -> None:
        """Refuse months by account and month: the first row with the reason, the others with it."""
        for account, month, accepted in refused:
            (row,) = self._db.execute("SELECT row FROM fact WHERE account = ? AND month = ?", (account, month)).fetchone()
            self.refuse([Refusal(row, self._shown("date"), month[:7], accepted)])
            self._db.execute("INSERT INTO spoiled VALUES (?, ?)", (account, month[:7]))
        self._refuse_torn("movement")

    def refusals(self, limit: int = -1) -> Iterator[Refusal]:
        """Yield the refusals by row; if only some are wanted, those first that have a reason of their own."""
        if limit < 0:
            yield from super().refusals()
            return
        yield from sorted(super().refusals(), key=lambda refusal: refusal.accepted.code == TORN)[:limit]


def _movement(row: Sequence[str]) -> Movement:
    _account, _month, _row, day, amount, balance, kind = row
    return Movement(date.fromisoformat(day), int(amount), int(balance), kind)


def _figures(found: AccountMonth, *, counted: bool) -> tuple[Cell, ...]:
    """Return the staged figures of a month; without kinds of transactions, returned payments and charges are not known."""
    amounts = (found.opening, found.lowest, found.mean, found.closing, found.inflow, found.outflow, found.overdraft_days)
    counts = (found.returned, found.charged) if counted else (None, None)
    days = (found.first.isoformat(), found.last.isoformat(), found.until.isoformat())
    return (*amounts, *counts, found.movements, found.gaps, *days)
