"""Refusals of the engine: each carries facts, never prose; the commands put it into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, dataclass_transform


@dataclass_transform(eq_default=False, kw_only_default=True, frozen_default=True)
class Refusal(Exception):
    """A request that the discipline refuses; its fields name the value and the accepted values."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # not frozen at run time: `contextlib` sets the traceback of what passes through it
        dataclass(eq=False, kw_only=True, repr=False)(cls)

    def __str__(self) -> str:
        return ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
