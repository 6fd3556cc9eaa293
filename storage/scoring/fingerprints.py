"""Fingerprints of scores, which identify unchanged ones without comparing columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine.scoring.scoring import Scores

Hashes = NDArray[np.uint64]
_STEP = np.uint64(0x9E3779B97F4A7C15)
_LETTER = np.uint64(0x100000001B3)


def fingerprints(scores: Scores) -> NDArray[np.int64]:
    """Return 64 bits over figures, grades, sources, missing inputs and drivers of each customer; equal on every machine."""
    count = len(scores)
    mixed = np.full(count, _text(np.array([scores.currency]))[0], dtype=np.uint64)
    for column in scores.figures.values():
        mixed = _mix(mixed, _figures(column))
    columns: list[NDArray[Any]] = [scores.grades, scores.model_grades, *scores.sources.values()]
    for numbers in columns:
        mixed = _mix(mixed, numbers.astype(np.uint64))
    # there are few distinct texts of missing inputs, and many customers
    mixed = _mix(mixed, np.append(_text(np.array(scores.missing.names, dtype=object)), np.uint64(0))[scores.missing.codes])
    for driver in scores.drivers:
        mixed = _mix(mixed, driver.grades.astype(np.uint64))
        mixed = _mix(mixed, _figures(driver.values))
        mixed = _mix(mixed, driver.as_of.astype(np.int64).view(np.uint64))
        mixed = _mix(mixed, _references(driver.references))
    return mixed.view(np.int64)


def _references(values: NDArray[Any]) -> Hashes:
    return _text(values) if values.dtype == object else values.astype(np.uint64)


def _figures(values: NDArray[np.float64]) -> Hashes:
    # there are many NaNs and two zeros, but stored values have one of each
    return np.where(np.isnan(values), np.nan, values + 0.0).view(np.uint64)


def _text(values: NDArray[Any]) -> Hashes:
    """Return a hash of each text; None equals the empty text. Padding adds nothing, so it depends on the text alone."""
    texts = np.where(values == None, "", values).astype(np.str_)  # noqa: E711 a column of objects
    width = max(texts.dtype.itemsize // 4, 1)
    letters = np.ascontiguousarray(texts.astype(f"U{width}")).view(np.uint32).reshape(len(texts), width)
    hashes, weight = np.zeros(len(texts), dtype=np.uint64), _LETTER
    with np.errstate(over="ignore"):
        for place in range(width):
            hashes = hashes + _scrambled(letters[:, place].astype(np.uint64) * weight)
            weight = weight * _LETTER
    return hashes


def _mix(before: Hashes, after: Hashes) -> Hashes:
    with np.errstate(over="ignore"):
        return _scrambled(before * _LETTER + _STEP) ^ _scrambled(after + before)


def _scrambled(values: Hashes) -> Hashes:
    """Return SplitMix64's finaliser: every input bit changes half of the output bits; 0 stays 0."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
