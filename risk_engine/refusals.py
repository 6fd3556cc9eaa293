"""A refusal carries facts, never prose: each room of the engine declares its own, and the same room of the commands has its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, dataclass_transform


@dataclass_transform(eq_default=False, kw_only_default=True, frozen_default=True)
class Refusal(Exception):
    """A request that the discipline does not allow; the fields of each kind are its facts, given by name."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # not frozen at run time: `contextlib` sets the traceback of what passes through it
        dataclass(eq=False, kw_only=True, repr=False)(cls)

    def __str__(self) -> str:
        return ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
