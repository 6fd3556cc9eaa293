"""Names of columns, found in a header in any case, width and spacing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from storage.data.files.refusals import FileRefused

_BETWEEN = re.compile(r"[\s_\-]+")


def loose(name: str) -> str:
    """Return a name without case, width, marks and the signs between words, for comparison."""
    seen = "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if unicodedata.category(letter) != "Cf")
    return _BETWEEN.sub("_", seen.strip(" _-\t.:#*"))


def places(header: Sequence[str], names: Iterable[str]) -> dict[str, int]:
    """Return the place of each name that the header has: as it is written, or else in another case.

    Raises:
        FileRefused: several columns could be one that is meant.
    """
    exact = {name: place for place, name in enumerate(header)}
    by_key: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        by_key.setdefault(loose(name), []).append(place)
    found: dict[str, int] = {}
    for name in names:
        if name in exact:
            found[name] = exact[name]
        elif likely := by_key.get(loose(name)):
            if len(likely) > 1:
                raise FileRefused("repeated_columns", columns=[header[place] for place in likely])
            found[name] = likely[0]
    return found
