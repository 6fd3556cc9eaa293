"""Slack calls for requests are made while no lock is held; inside the transaction only known answers are used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from slack_sdk.errors import SlackApiError

from commands.kit.contract import Refused, Request
from commands.kit.i18n import _

T = TypeVar("T")
# the request's questions that may need Slack
QUESTIONS = ("looked_at", "staged", "channel_trouble", "members", "welcome", "confirmed", "is_here")
# requests with more questions than this are refused
MOST = 20


class _Unknown(Exception):
    """The transaction needs an answer that is not known yet."""

    def __init__(self, key: tuple[str, ...], ask: Callable[[], object]) -> None:
        super().__init__(*key)
        self.key, self.ask = key, ask


def asking_first(request: Request, run: Callable[[Request], T]) -> T:
    """Run a transaction; if it needs an answer from Slack, roll it back, ask, and run it again.

    Raises:
        Refused: Slack gives no answer, or there are too many questions.
    """
    known: dict[tuple[str, ...], Any] = {}
    answered: dict[str, Any] = {name: partial(_known, known, name, getattr(request, name)) for name in QUESTIONS}
    informed = replace(request, **answered)
    for _question in range(MOST):
        try:
            return run(informed)
        except _Unknown as question:
            missing = question
        try:
            known[missing.key] = missing.ask()
        except (SlackApiError, OSError) as error:
            raise Refused(_("Slack does not answer, so nothing was done. Please try again in a minute.")) from error
    raise Refused(_("This needs too many questions to Slack, so nothing was done. Please try again."))


def _known(known: dict[tuple[str, ...], Any], name: str, ask: Callable[..., object], *about: str) -> Any:
    key = (name, *about)
    if key not in known:
        raise _Unknown(key, partial(ask, *about))
    return known[key]
