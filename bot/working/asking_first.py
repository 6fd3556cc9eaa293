"""What Slack must be asked for a request is asked while no lock is held: inside the transaction, only what is known already is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from slack_sdk.errors import SlackApiError

from commands.kit.contract import Refused, Request
from commands.kit.i18n import _

T = TypeVar("T")
# the request's questions that Slack may have to answer
QUESTIONS = ("channel_trouble", "members", "welcome", "confirmed", "is_here")
# a request that has further questions after so many answers is refused
MOST = 20


class _Unknown(Exception):
    """The transaction needs an answer that is not known yet."""

    def __init__(self, key: tuple[str, ...], ask: Callable[[], object]) -> None:
        super().__init__(*key)
        self.key, self.ask = key, ask


def asking_first(request: Request, run: Callable[[Request], T]) -> T:
    """Run a transaction; when it needs an answer of Slack's it is undone, Slack is asked, and it runs again with the answer.

    Raises:
        Refused: Slack gives no answer, or there is no end of questions.
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
