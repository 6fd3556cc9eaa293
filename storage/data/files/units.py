"""Units of amounts: 万, 千, 亿, thousands; each with its number of whole currency units."""

from __future__ import annotations

from decimal import Decimal

ONE = Decimal(1)

# spellings in column headings; messages use the first of each
_SPELLINGS: tuple[tuple[Decimal, tuple[str, ...]], ...] = (
    (ONE, ("1", "unit", "units", "元", "圆", "yuan")),
    (Decimal(1_000), ("thousand", "thousands", "k", "000", "1000", "千", "千元", "仟", "仟元")),
    (Decimal(10_000), ("万", "万元", "萬", "萬元", "10000")),
    (Decimal(1_000_000), ("million", "millions", "m", "mn", "mio", "1000000", "百万", "百万元", "百萬", "百萬元")),
    (Decimal(100_000_000), ("亿", "亿元", "億", "億元", "100000000")),
    (Decimal(1_000_000_000), ("billion", "billions", "bn", "1000000000", "十亿", "十亿元")),
)
_FACTORS = {spelling: factor for factor, spellings in _SPELLINGS for spelling in spellings}

ACCEPTED: tuple[str, ...] = ("1", "thousand", "k", "million", "m", "billion", "bn", "元", "千", "万", "百万", "亿", "千元", "万元", "亿元")


def factor_of(unit: str) -> Decimal | None:
    """Return the whole units of one such unit; None for an unknown name. Empty means whole units."""
    spelling = unit.strip().casefold()
    return _FACTORS.get(spelling) if spelling else ONE
