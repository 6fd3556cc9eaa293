"""The packaged policy, the team's file laid over it, and versions on record."""

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

# the origin of a policy without a file
PACKAGED = "packaged"
# twenty times the packaged one
LARGEST = 1_000_000


class PolicyError(Exception):
    """The policy file cannot be used; the text names the key."""


def read(path: Path | None) -> Policy:
    """The packaged policy with the team's file, or files, laid over it: tables merge, arrays replace.

    Raises:
        PolicyError: the file is not there, not TOML, or a key is unknown or out of bounds.
    """
    values = toml.parse(packaged_text())
    return valid(_overlay(values, named_in(path)), origin=str(path) if path else "the packaged policy")


def called(origin: str) -> str:
    """The names of the team's file or files, without their folders."""
    return ", ".join(file.name for file in files(Path(origin)))


def packaged_text() -> str:
    """The packaged policy as it was written, with the reasons in it."""
    return resources.files("risk_engine").joinpath("policy.toml").read_text("utf-8")


def named_in(path: Path | None) -> dict[str, Any]:
    """What the team's file says, and nothing else; of several, each is laid over the one before."""
    said: dict[str, Any] = {}
    for file in files(path):
        said = _overlay(said, _toml(file))
    return said


def files(path: Path | None) -> list[Path]:
    """The team's file, or several with a colon between them, as the shell writes its PATH."""
    if path is None or path.exists():
        return [path] if path else []
    return [Path(name) for name in str(path).split(os.pathsep) if name]


def valid(values: Any, *, origin: str) -> Policy:
    """The policy of these values.

    Raises:
        PolicyError: a key is unknown or out of bounds; ``origin`` says where it stands.
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
            raise PolicyError(f"{path}: larger than the {LARGEST:,} bytes that a policy may have")
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
    """Keep this policy as a version; False if the same content is on record."""
    row = {"digest": digest(policy), "origin": origin, "content": policy.model_dump(mode="json"), "recorded_at": at}
    return insert_once(tx, PolicyVersionRow, row)


def digest(policy: Policy) -> str:
    """The name of a policy's content: SHA-256 of its spelling; the order of letters in a master scale is part of it."""
    return digest_of(policy.model_dump(mode="json"))


def digest_of(values: Mapping[str, Any]) -> str:
    """The name of a policy by its JSON values."""
    return hashlib.sha256(written(values).encode()).hexdigest()
