"""Head files: the end of the trail that a process last saw, kept outside the database, signed, and replaced as a whole."""

from __future__ import annotations

import hmac
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from storage.audit.anchoring.anchors import Anchor
from storage.audit.anchoring.known import Known
from storage.audit.chain import Key


class BadHead(Exception):
    """The file was not written with one of the known keys."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


@dataclass(frozen=True, slots=True)
class Kept:
    """The contents of a head file.

    Attributes:
        known: the end of the trail.
        address: the address of its database.
        verified: the last link verified; None before the first verification.
        whole_at: the time of the last verification from the beginning.
    """

    known: Known
    address: str
    verified: Anchor | None = None
    whole_at: datetime | None = None

    def told(self) -> dict[str, Any]:
        """Return the contents as JSON values."""
        return {
            "known": self.known.facts(),
            "address": self.address,
            "verified": str(self.verified) if self.verified else None,
            "whole_at": self.whole_at.isoformat() if self.whole_at else None,
        }


def path_of(anchor_file: str, database: str) -> Path:
    """Return the path of a database's head file, beside the anchor file."""
    return Path(f"{anchor_file}.{database}.head")


def read(path: Path, keys: Mapping[str, Key]) -> Kept:
    """Read a head file.

    Raises:
        OSError: the file cannot be read; FileNotFoundError: there is none.
        BadHead: the file was changed, or is signed with an unknown key.
    """
    try:
        told = json.loads(path.read_bytes())
        known, mac = Known.read(told["known"]), str(told.pop("mac"))
        key = keys[known.key] if known else None
        if known is None or key is None or not hmac.compare_digest(_signature(key, told).encode(), mac.encode()):
            raise BadHead(path)
        verified, whole_at = told["verified"], told["whole_at"]
        return Kept(
            known,
            told["address"],
            Anchor.parse(verified) if verified else None,
            datetime.fromisoformat(whole_at) if whole_at else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadHead(path) from error


def write(path: Path, kept: Kept, key: Key) -> None:
    """Replace a head file atomically: after a power cut it holds either the old or the new contents.

    Raises:
        OSError: the file cannot be written.
    """
    told = kept.told()
    text = json.dumps({**told, "mac": _signature(key, told)}, ensure_ascii=False)
    # a name of this process alone, readable by nobody else
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(f"{text}\n")
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, path)
    except BaseException:  # also when stopped: no half-written file stays behind; raised again
        os.unlink(name)
        raise
    _settle(path.parent)


def at_address(anchor_file: str, address: str, keys: Mapping[str, Key]) -> Iterator[tuple[Path, Kept]]:
    """Yield the head files of databases at an address; unreadable files are skipped."""
    file = Path(anchor_file)
    for path in sorted(file.parent.glob(f"{file.name}.*.head")):
        try:
            kept = read(path, keys)
        except (OSError, BadHead):
            continue
        if kept.address == address:
            yield path, kept


def retire(path: Path) -> None:
    """Set aside the head file of a database that is no longer used.

    Raises:
        OSError: the file cannot be renamed.
    """
    os.replace(path, path.with_suffix(".retired"))
    _settle(path.parent)


def _signature(key: Key, told: Mapping[str, Any]) -> str:
    return key.sign("head file", json.dumps(told, sort_keys=True, ensure_ascii=False))


def _settle(folder: Path) -> None:
    """Make renames in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
