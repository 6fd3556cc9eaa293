"""Kinds of files, one module for each or for a family; the collector reads each module's ``KINDS``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from storage.data.files.fields import FileKind


def _found() -> Iterator[FileKind]:
    for module in pkgutil.iter_modules(__path__):
        yield from importlib.import_module(f"{__name__}.{module.name}").KINDS


# in the order in which they are named to people
KINDS: dict[str, FileKind] = {kind.name: kind for kind in sorted(_found(), key=lambda kind: kind.place)}
KIND_NAMES = tuple(KINDS)
EXPORTED = tuple(name for name, kind in KINDS.items() if not kind.kept_as)
