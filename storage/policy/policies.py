"""The packaged policy, the team's file merged into it, and versions on record."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from risk_engine import toml
from risk_engine.policy.policy import Policy
from storage.database import Tx
from storage.rows import insert_once
from storage.schema import PolicyVersionRow
from storage.types import written

# the origin of a policy that has no file
PACKAGED = "packaged"
# twenty times the size of the packaged one
LARGEST = 1_000_000


class PolicyError(Exception):
    """The policy file cannot be used; the text names the key."""


def read(path: Path | None) -> Policy:
    """Return the packaged policy merged with the team's file or files: tables merge, arrays replace.

    Raises:
        PolicyError: the file is not there, not TOML, or a key is unknown or out of bounds.
    """
    values = toml.parse(packaged_text())
    return valid(_overlay(values, named_in(path)), origin=str(path) if path else "the packaged policy")


def called(origin: str) -> str:
    """Return the names of the team's file or files, without their folders."""
    return ", ".join(file.name for file in files(Path(origin)))


def packaged_text() -> str:
    """Return the text of the packaged policy, with its reasons."""
    return resources.files("risk_engine").joinpath("policy", "policy.toml").read_text("utf-8")


def named_in(path: Path | None) -> dict[str, Any]:
    """Return the contents of the team's file alone, or of several merged in order."""
    said: dict[str, Any] = {}
    for file in files(path):
        said = _overlay(said, _toml(file))
    return said


def files(path: Path | None) -> list[Path]:
    """Return the team's file, or several separated by a colon, as in the shell's PATH."""
    if path is None or path.exists():
        return [path] if path else []
    return [Path(name) for name in str(path).split(os.pathsep) if name]


def valid(values: Any, *, origin: str) -> Policy:
    """Return the policy with these values.

    Raises:
        PolicyError: a key is unknown or out of bounds; ``origin`` names its place.
    """
    try:
        return Policy.model_validate(values)
    except ValidationError as error:
        raise PolicyError("\n".join(f"{origin}: {_where(e['loc'])}: {e['msg']} (found {_found(e)})" for e in error.errors())) from error


def _found(error: Any) -> str:
    return "a table" if isinstance(error["input"], dict) else repr(error["input"])


def _where(path: tuple[str | int, ...]) -> str:
    return ".".join(f"[{part + 1}]" if isinstance(part, int) else part for part in path).replace(".[", "[") or "the file"


def _toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise PolicyError(f"{path}: larger than the {LARGEST // 1_000_000} MB that a policy may have")
        return toml.parse(content.decode("utf-8-sig"))
    except OSError as error:
        raise PolicyError(f"{path}: {error.strerror}") from error
    except (toml.NotToml, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: not TOML: {error}") from error


def _overlay(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    return base | {
        key: _overlay(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in over.items()
    }


def record(tx: Tx, policy: Policy, *, origin: str, at: datetime) -> bool:
    """Store this policy as a version; return False if this content is on record."""
    row = {"digest": digest(policy), "origin": origin, "content": policy.model_dump(mode="json"), "recorded_at": at}
    return insert_once(tx, PolicyVersionRow, row)


def digest(policy: Policy) -> str:
    """Return the SHA-256 of a policy's content; the order of letters in a master scale counts."""
    return digest_of(policy.model_dump(mode="json"))


def digest_of(values: Mapping[str, Any]) -> str:
    """Return the digest of a policy given as JSON values."""
    return hashlib.sha256(written(values).encode()).hexdigest()
