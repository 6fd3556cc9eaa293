"""Keys of the policy: ``kri.Debt service cover.amber`` as a path into its tables, and what a key accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from risk_engine.policy.policy import Policy
from risk_engine.policy.refusals import UnknownKey
from risk_engine.policy_part import Guard, strictest

Path = tuple[str, ...]
Values = Mapping[str, Any]
# what an entry of an array of tables goes by, if each has one of its own; otherwise its number
_NAMES = ("name", "kind")


def spelled(path: Path) -> str:
    """A path as people type it."""
    return ".".join(path)


def is_table(value: Any) -> bool:
    """Whether a value has keys of its own: a table, or an array of tables."""
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def children(value: Any) -> dict[str, Any]:
    """What stands in a table by its key, or in an array of tables by its entry's name; nothing in anything else."""
    if isinstance(value, dict):
        return value
    return dict(zip(_names(value), value, strict=True)) if is_table(value) else {}


def name_field(entries: Sequence[Values]) -> str | None:
    """The field that tells the entries of an array apart; None if it takes their numbers."""
    for field in _NAMES:
        names = [entry.get(field) for entry in entries]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return field
    return None


def _names(entries: Sequence[Values]) -> list[str]:
    field = name_field(entries)
    return [str(entry[field]) if field else str(number) for number, entry in enumerate(entries, 1)]


def resolve(values: Values, typed: str) -> Path:
    """The path that a typed key means; case does not matter, and ``_`` stands for a space.

    A key that is not there yet is found where the policy takes any, as a channel's own language.

    Raises:
        UnknownKey: there is no such key; the facts name the table that was reached, and the keys that it has.
    """
    path: Path = ()
    node: Any = values
    rest = typed.strip()
    while rest:
        inside = children(node)
        name = _meant(inside, rest)
        if name is None:
            return path + _new(path, rest, typed, inside)
        path, node, rest = (*path, name), inside[name], rest[len(name) + 1 :]
    return path


def _meant(inside: Mapping[str, Any], rest: str) -> str | None:
    """The longest name that a text begins with, up to a point or its end."""
    found = [name for name in inside if rest == name or rest.startswith(f"{name}.")]
    found = found or [name for name in inside if f"{_plain(rest)}.".startswith(f"{_plain(name)}.")]
    return max(found, key=len, default=None)


def _plain(text: str) -> str:
    return text.casefold().replace("_", " ")


def _new(path: Path, rest: str, typed: str, inside: Mapping[str, Any]) -> Path:
    entry = _entry_of_map(schema_at(path))
    if entry is None:
        raise UnknownKey(key=typed.strip(), table=spelled(path), known=tuple(inside))
    name, point, field = rest.rpartition(".") if "properties" in entry else (rest, "", "")
    if "properties" in entry and field not in entry["properties"]:
        raise UnknownKey(key=typed.strip(), table=spelled((*path, name or rest)), known=tuple(entry["properties"]))
    return (name, field) if point else (rest,)


def value_at(values: Values, path: Path) -> Any:
    """The value at a path; None if nothing stands there."""
    node: Any = values
    for name in path:
        node = children(node).get(name)
    return node


def put(values: Any, path: Path, value: Any) -> Any:
    """The same values with another at this path.

    Raises:
        UnknownKey: an entry on the way is not there.
    """
    if not path:
        return value
    name, inside = path[0], children(values)
    if isinstance(values, list):
        if name not in inside:
            raise UnknownKey(key=name, table="", known=tuple(inside))
        return [put(entry, path[1:], value) if known == name else entry for known, entry in inside.items()]
    return {**inside, name: put(inside.get(name, {}), path[1:], value)}


def leaves(values: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every setting with its path; an empty table has none."""
    if not is_table(values) and not isinstance(values, dict):
        yield path, values
        return
    for name, value in children(values).items():
        yield from leaves(value, (*path, name))


def differences(one: Values, other: Values) -> list[tuple[Path, Any, Any]]:
    """The settings that two policies have differently, as (path, in the one, in the other); None where one has none."""
    first, second = dict(leaves(one)), dict(leaves(other))
    paths = dict.fromkeys([*first, *second])
    return [(path, first.get(path), second.get(path)) for path in paths if first.get(path) != second.get(path)]


# --- what a key accepts -------------------------------------------------------------------------------------------


@cache
def _schema() -> dict[str, Any]:
    return Policy.model_json_schema()


def schema_at(path: Path) -> dict[str, Any]:
    """What a key accepts, as JSON Schema with its references followed one level; empty if the policy knows no such key."""
    return _schemas(path)[-1]


def guard_at(path: Path) -> Guard:
    """How a key is guarded: the strictest of its tables and itself."""
    return strictest(_schemas(path))


def _schemas(path: Path) -> list[dict[str, Any]]:
    """The whole policy's schema, that of each table on the way, and the key's own."""
    found = [_schema()]
    for name in path:
        found.append(followed(_inside(found[-1], name)))
    return found


def followed(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in place of a reference to it."""
    reference = schema.get("$ref")
    return _schema()["$defs"][reference.rpartition("/")[2]] | {k: v for k, v in schema.items() if k != "$ref"} if reference else schema


def _inside(schema: dict[str, Any], name: str) -> dict[str, Any]:
    if name in schema.get("properties", {}):
        found: dict[str, Any] = schema["properties"][name]
        return found
    # an entry goes by its name, whatever that is
    return _entry_of_map(schema) or schema.get("items") or {}


def _entry_of_map(schema: dict[str, Any]) -> dict[str, Any] | None:
    """What the entries of a table are that takes any key; None if it takes its own alone."""
    entry = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
    return followed(entry) if isinstance(entry, dict) else None
