"""Faults on demand: lost replies, resets and refusals, as on a real network."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

KINDS = (
    "reset_before",
    "reset_after",
    "500_before",
    "500_after",
    "429",
    "slow",
    "html_before",
    "html_after",
    "truncated_after",
    "list_after",
)
# a prefix of kinds, and the form of the rest
OPEN_KINDS = ("error:CODE", "html:STATUS")
# the call is carried out, but the reply is not one of Slack's
SPOILT = {"500_after": 500, "html_after": 200, "truncated_after": 200, "list_after": 200}


@dataclass
class Fault:
    """One ordered fault. ``after`` calls pass first, then ``times`` calls fail."""

    method: str
    kind: str
    times: int = 1
    after: int = 0
    retry_after: int = 1
    seconds: float = 1.0

    @property
    def error(self) -> str:
        """Return the code of an ``error:CODE`` fault, else an empty text."""
        return self.kind.removeprefix("error:") if self.kind.startswith("error:") else ""

    @property
    def page(self) -> int:
        """Return the status of the proxy page that replaces the answer; 0 if there is none."""
        known = {"html_before": 200, "500_before": 500, "reset_before": 500}
        return int(self.kind.removeprefix("html:")) if self.kind.startswith("html:") else known.get(self.kind, 0)


class Faults:
    """Ordered faults by Web API method; ``*`` means any, ``response_url`` and ``upload`` mean those addresses."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, method: str, kind: str, times: int = 1, after: int = 0, *, retry_after: int = 1, seconds: float = 1.0) -> Fault:
        """Order a fault.

        Args:
            method: ``chat.postMessage`` and the like, ``response_url``, ``upload``, or ``*``.
            kind: ``reset_before`` (not done, connection reset), ``reset_after`` (done, but the reply is lost),
                ``500_before``, ``500_after``, ``429`` (with ``retry_after`` seconds), ``slow`` (``seconds``), ``error:CODE``,
                ``html_before`` and ``html_after`` (a proxy's page with status 200), ``html:STATUS`` (not done, a page is returned),
                ``truncated_after`` (done, half of the JSON is returned), ``list_after`` (done, and the JSON is no object).

        Raises:
            ValueError: no such kind.
        """
        if kind not in KINDS and not re.fullmatch(r"error:.*|html:[1-5][0-9]{2}", kind):
            raise ValueError(f"{kind!r} is not a kind of fault; these are: {', '.join([*KINDS, *OPEN_KINDS])}")
        fault = Fault(method, kind, times, after, retry_after, seconds)
        with self._lock:
            self._orders.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._orders.clear()

    def next(self, method: str) -> Fault | None:
        """Return the fault for this call, and count it; None for a call without a fault."""
        with self._lock:
            for fault in [order for order in self._orders if order.method in (method, "*")]:
                if fault.after > 0:
                    fault.after -= 1
                elif fault.times > 0:
                    fault.times -= 1
                    return fault
            self._orders = [order for order in self._orders if order.times > 0]
        return None
