"""Keys of the policy: ``kri.Debt service cover.amber`` as a path into its tables, and the values that a key accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from risk_engine.policy.policy import Policy
from risk_engine.policy.refusals import UnknownKey
from risk_engine.policy_part import WHOLE, Guard, strictest

Path = tuple[str, ...]
Values = Mapping[str, Any]
# the field that names the entries of an array of tables, if its values are unique; otherwise their numbers
_NAMES = ("name", "kind")


def spelled(path: Path) -> str:
    """Return a path as people type it."""
    return ".".join(path)


def is_table(value: Any) -> bool:
    """Return True if a value has keys of its own: a table, or an array of tables."""
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def children(value: Any) -> dict[str, Any]:
    """Return the contents of a table by key, or of an array of tables by entry name; empty for anything else."""
    if isinstance(value, dict):
        return value
    return dict(zip(_names(value), value, strict=True)) if is_table(value) else {}


def name_field(entries: Sequence[Values]) -> str | None:
    """Return the field that distinguishes the entries of an array; None if they go by number."""
    for field in _NAMES:
        names = [entry.get(field) for entry in entries]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return field
    return None


def _names(entries: Sequence[Values]) -> list[str]:
    field = name_field(entries)
    return [str(entry[field]) if field else str(number) for number, entry in enumerate(entries, 1)]


def resolve(values: Values, typed: str) -> Path:
    """Return the path that a typed key means; case does not matter, and ``_`` stands for a space.

    A new key is accepted where the policy allows any, such as a channel's own language.

    Raises:
        UnknownKey: there is no such key; the facts name the last table found, and its keys.
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
    """Return the longest name that a text begins with, up to a dot or its end."""
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
    """Return the value at a path; None if there is none."""
    node: Any = values
    for name in path:
        node = children(node).get(name)
    return node


def put(values: Any, path: Path, value: Any) -> Any:
    """Return the values with ``value`` at this path.

    Raises:
        UnknownKey: an entry along the path does not exist.
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
    """Yield every setting with its path; an empty table has none."""
    if not is_table(values) and not isinstance(values, dict):
        yield path, values
        return
    for name, value in children(values).items():
        yield from leaves(value, (*path, name))


def differences(one: Values, other: Values) -> list[tuple[Path, Any, Any]]:
    """Return the settings that differ between two policies, as (path, in one, in the other); None where absent."""
    first, second = dict(leaves(one)), dict(leaves(other))
    paths = dict.fromkeys([*first, *second])
    return [(path, first.get(path), second.get(path)) for path in paths if first.get(path) != second.get(path)]


# --- the values of a key -------------------------------------------------------------------------------------------


@cache
def _schema() -> dict[str, Any]:
    return Policy.model_json_schema()


def schema_at(path: Path) -> dict[str, Any]:
    """Return the JSON Schema of a key, references followed one level; empty for an unknown key."""
    return _schemas(path)[-1]


def guard_at(path: Path) -> Guard:
    """Return the guard of a key: the strictest of its own and its tables'."""
    return strictest(_schemas(path))


def setting(path: Path) -> Path:
    """Return the path of the setting that a key is, or belongs to: tables whose keys belong together are one setting."""
    for depth in range(1, len(path)):
        if schema_at(path[:depth]).get(WHOLE):
            return path[:depth]
    return path


def _schemas(path: Path) -> list[dict[str, Any]]:
    """Return the schemas of the whole policy, of each table along the path, and of the key."""
    found = [_schema()]
    for name in path:
        found.append(followed(_inside(found[-1], name)))
    return found


def followed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with a reference at its top resolved."""
    reference = schema.get("$ref")
    return _schema()["$defs"][reference.rpartition("/")[2]] | {k: v for k, v in schema.items() if k != "$ref"} if reference else schema


def _inside(schema: dict[str, Any], name: str) -> dict[str, Any]:
    if name in schema.get("properties", {}):
        found: dict[str, Any] = schema["properties"][name]
        return found
    # an entry goes by its name, which can be any text
    return _entry_of_map(schema) or schema.get("items") or {}


def _entry_of_map(schema: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema of the entries of a table with free keys; None if its keys are fixed."""
    entry = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
    return followed(entry) if isinstance(entry, dict) else None
