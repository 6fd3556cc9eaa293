"""Reading of mapping files, with every wrong key refused by name."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from risk_engine import toml
from storage.data.files.kinds import KIND_NAMES
from storage.data.files.mapping.map_problems import problems_of
from storage.data.files.mapping.mapping import OF_KINDS, Mapping
from storage.data.files.refusals import FileRefused, MapProblem, MapRefused

_LARGEST_MAP = 1_000_000


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file.

    Raises:
        FileRefused: there is no such file, or it is not text.
        MapRefused: it is not TOML, or keys are wrong; each is named.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_MAP + 1)
    except IsADirectoryError:
        raise FileRefused("directory", file=str(path)) from None
    except FileNotFoundError:
        raise FileRefused("missing", file=str(path)) from None
    except OSError as error:
        raise FileRefused("unreadable", file=str(path), problem=error.strerror or str(error)) from None
    if len(content) > _LARGEST_MAP:
        raise FileRefused("too_large", file=str(path), bytes=_LARGEST_MAP)
    return parse_mapping(content)


def parse_mapping(content: bytes) -> Mapping:
    """Check the text of a mapping file.

    Raises:
        MapRefused: it is not TOML, or keys are wrong; each is named.
    """
    try:
        mapping = OF_KINDS.model_validate(toml.parse(content.decode("utf-8-sig")))
    except (UnicodeDecodeError, toml.NotToml) as error:
        raise MapRefused(MapProblem("", f"not TOML in UTF-8: {error}")) from None
    except ValidationError as error:
        problems = [MapProblem(".".join(str(part) for part in each["loc"] if part != "[key]"), each["msg"]) for each in error.errors()]
        raise MapRefused(*problems) from None
    if problems := [problem for kind in KIND_NAMES if (section := getattr(mapping, kind)) for problem in problems_of(kind, section)]:
        raise MapRefused(*problems)
    return mapping


def written(mapping: Mapping) -> str:
    """Return a mapping as the TOML of a mapping file, without defaults."""
    parts = mapping.model_dump(exclude_defaults=True, exclude_none=True)
    lines: list[str] = []
    for name, part in parts.items():
        plain = {key: value for key, value in part.items() if not (name in KIND_NAMES and isinstance(value, dict))}
        lines += [f"[{name}]", *(f"{key} = {_value(value)}" for key, value in plain.items()), ""]
        for key, table in part.items():
            if key not in plain and table:
                lines += [f"[{name}.{key}]", *(f"{_key(each)} = {_value(value)}" for each, value in table.items()), ""]
    return "\n".join(lines)


def _value(value: object) -> str:
    # JSON's texts, lists, numbers and truth values are those of TOML
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").isalnum() else _value(name)
