"""The guided first minute: exactly three steps, which the caller supplies in a JSON file.

``{"steps": [{"title": …, "text": …, "command": "/risk list"}, …]}``; a title and a text are each one string, or an
object of strings by language: ``{"en": …, "zh": …}``. A step that ends with a form names its callback id as ``form``,
and is done when that form was sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playground.shapes import Json

STEPS = 3

Words = dict[str, str]


@dataclass(frozen=True)
class Step:
    """One step of the tour; title and text by language, the first language being the default."""

    title: Words
    text: Words
    command: str
    form: str = ""


def read(file: Path | None) -> tuple[Step, ...]:
    """Return the three steps in a file; none without a file.

    Raises:
        OSError, ValueError: the file cannot be read, or does not hold exactly three steps.
    """
    if file is None:
        return ()
    document = json.loads(file.read_text(encoding="utf-8"))
    steps = document.get("steps") if isinstance(document, dict) else None
    if not isinstance(steps, list) or len(steps) != STEPS:
        raise ValueError(f"{file}: a tour is an object with exactly {STEPS} steps")
    return tuple(_step(f"{file}: step {number}", step) for number, step in enumerate(steps, start=1))


def _step(where: str, step: Any) -> Step:
    if not isinstance(step, dict):
        raise ValueError(f"{where} is not an object with title, text and command")
    command = step.get("command")
    if not isinstance(command, str) or not command.startswith("/"):
        raise ValueError(f"{where}: command is {command!r}; it must be a slash command")
    form = step.get("form", "")
    if not isinstance(form, str):
        raise ValueError(f"{where}: form is {form!r}; it must be the callback id of a view")
    return Step(_words(f"{where}: title", step.get("title")), _words(f"{where}: text", step.get("text")), command, form)


def _words(where: str, value: Any) -> Words:
    words = {"en": value} if isinstance(value, str) else value
    if not isinstance(words, dict) or not words or not all(isinstance(text, str) and text for text in words.values()):
        raise ValueError(f"{where} is {value!r}; it must be a text, or an object of texts by language")
    return words


def told(steps: tuple[Step, ...], locale: str) -> list[Json]:
    """Return the steps in the reader's language, or in the first language of the file."""
    language = locale.partition("-")[0]
    return [
        {
            "title": step.title.get(language) or next(iter(step.title.values())),
            "text": step.text.get(language) or next(iter(step.text.values())),
            "command": step.command,
            "form": step.form,
        }
        for step in steps
    ]
