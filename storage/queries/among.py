"""Conditions over lists of any length: the values travel as one parameter, made in Python and never spelled in SQL."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, func, literal, select

from storage.database import Tx


def among(tx: Tx, column: Any, values: Collection[int] | Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of these values; of none it holds nowhere.

    A database bounds how many parameters a query has, and a list of thousands of breaches or risks passes that bound.
    """
    if tx.dialect == "sqlite":
        return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))  # type: ignore[no-any-return]
    # measured on 400,000 rows: two to five times as fast as a condition over unnest for 10,000 and 50,000 values, and no slower for few
    return column == any_(literal(list(values), ARRAY(column.type)))  # type: ignore[no-any-return]
