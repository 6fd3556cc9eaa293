"""Values of the policy, and the accepted values of its keys, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from commands.kit.i18n import Text, _, listed, of_policy, pgettext
from commands.kit.input.mistyped import nearest
from risk_engine.policy.policy_keys import Path, Values, followed, guard_at, leaves, spelled
from risk_engine.policy_part import WHOLE, Guard
from storage.policy.policy_reasons import reason_for


def value(found: Any) -> str:
    """Return a value as people type it; a dash for none."""
    if found is None:
        return "–"
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def typed(key: str) -> str:
    """Return a key as typed into a line: quoted if it has spaces."""
    return f'"{key}"' if " " in key else key


def reason(path: Path) -> str | None:
    """Return the reason for a key's packaged value in the reader's language; None without one."""
    english = reason_for(path)
    return english and of_policy(english)


def change(before: Any, after: Any) -> str:
    """Return the change from one value to another."""
    return f"{value(before)} → {value(after)}"


def nearest_key(text: str, values: Values) -> str | None:
    """Return the nearest key to a mistyped one."""
    known = {key.lower(): key for key in _keys(values)}
    near = nearest(text, known)
    return known[near] if near else None


def begun_by(text: str, values: Values) -> str | None:
    """Return an unquoted key with spaces, of which only the first word was parsed."""
    return next((key for key in _keys(values) if key.lower().startswith(f"{text.lower()} ")), None)


def _keys(values: Values) -> Iterator[str]:
    """Yield every key, including tables."""
    yield from dict.fromkeys(spelled(path[:depth]) for path, _value in leaves(values) for depth in range(1, len(path) + 1))


def guarded(path: Path) -> Text | None:
    """Return the people who change a guarded key; None for an ordinary one."""
    match guard_at(path):
        case Guard.FILE:
            return _("the policy file alone")
        case Guard.PROTECTED:
            return _("an administrator and a risk manager together, on someone else's proposal; until roles are assigned, the policy file")
        case _:
            return None


# --- accepted values ------------------------------------------------------------------------------------------------


def accepted(schema: Mapping[str, Any]) -> Text:
    """Return the accepted values of a key."""
    schema = followed(dict(schema))
    if "anyOf" in schema:
        return _either([accepted(one) for one in schema["anyOf"]])
    if schema.get(WHOLE):
        return _("a table with the keys {keys}").format(keys=listed(schema["properties"]))
    if "enum" in schema:
        return _("one of {choices}").format(choices=listed(map(str, schema["enum"])))
    match schema.get("type"):
        case "integer":
            return _bounded(_("a whole number"), schema)
        case "number":
            return _bounded(_("a number"), schema)
        case "boolean":
            return _("true or false")
        case "array":
            return _list(schema)
        case "null":
            return pgettext("empty list", "none")
        case _:
            return _text(schema)


def _either(several: list[Text]) -> Text:
    if len(several) == 1:
        return several[0]
    return _("{one}, or {other}").format(one=several[0], other=_either(several[1:]))


def _bounded(kind: Text, schema: Mapping[str, Any]) -> Text:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return _("{kind} from {least} to {most}").format(kind=kind, least=_plain(least), most=_plain(most))
    for bound in _bounds(schema):
        kind = _("{kind}, {bound}").format(kind=kind, bound=bound)
    return kind


def _bounds(schema: Mapping[str, Any]) -> Iterator[Text]:
    said = {
        "minimum": _("at least {bound}"),
        "exclusiveMinimum": _("above {bound}"),
        "maximum": _("at most {bound}"),
        "exclusiveMaximum": _("below {bound}"),
    }
    for name, sentence in said.items():
        if name in schema:
            yield sentence.format(bound=_plain(schema[name]))


def _plain(number: float) -> str:
    return f"{number:g}" if isinstance(number, float) and abs(number) < 1e6 else str(number)


def _list(schema: Mapping[str, Any]) -> Text:
    items: Mapping[str, Any] = schema.get("items") or next(iter(schema.get("prefixItems", [])), {})
    least, most = schema.get("minItems"), schema.get("maxItems")
    if least is not None and least == most:
        return _("a list of {n} such as [a, b]; each {item}").format(n=least, item=accepted(items))
    return _("a list such as [a, b]; each {item}").format(item=accepted(items))


def _text(schema: Mapping[str, Any]) -> Text:
    if schema.get("format") == "time":
        return _("a time of day like 08:30")
    if "pattern" in schema:
        return _("a text of the form {pattern}").format(pattern=schema["pattern"])
    return _("a text of at most {most} characters").format(most=schema["maxLength"]) if "maxLength" in schema else _("a text")
