"""The law of fates: whatever can come out of a call has one meaning, and nothing that may have been posted is called certain."""

from __future__ import annotations

import builtins
import errno
import http.client
import inspect
import json
import socket
import ssl
import urllib.error
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import slack_sdk.errors
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.delivering.courier import Pace
from bot.slack.call_outcomes import LONGEST_LIMIT, fate
from commands.delivery.slack_answers import ANSWERS, Fate, verdict, why

CERTAIN = {Fate.LATER, Fate.LIMITED, Fate.CURABLE, Fate.SHUT_OUT, Fate.CLOSED, Fate.GONE, Fate.HOPELESS}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda part: st.lists(part) | st.dictionaries(st.text(), part)
)


def answer(data: Any, status: Any = 200, headers: Any = None) -> SlackApiError:
    """An answer of any shape, as the library raises it."""
    error = SlackApiError("refused", {})
    error.response = SlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers=headers or {}, status_code=status
    )
    return error


def every_exception() -> Iterator[type[BaseException]]:
    for module in (builtins, urllib.error, http.client, ssl, socket, json, slack_sdk.errors):
        for _name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Exception):
                yield kind


def raised(kind: type[BaseException]) -> BaseException:
    """One of this kind, made without its constructor, which may want anything."""
    if issubclass(kind, BaseExceptionGroup):
        return kind("several", [OSError()])
    if issubclass(kind, urllib.error.HTTPError):
        return kind("https://slack.com/api/", 403, "forbidden", http.client.HTTPMessage(), None)
    error = kind.__new__(kind)
    if isinstance(error, SlackApiError):
        error.response = None
    if isinstance(error, urllib.error.URLError):
        error.reason = "?"
    return error


@pytest.mark.parametrize("kind", sorted(set(every_exception()), key=lambda kind: kind.__qualname__), ids=lambda kind: kind.__qualname__)
def test_every_exception_that_can_come_out_of_a_call_has_a_fate_and_alone_none_is_final(kind: type[BaseException]):
    what, name, seconds = fate(raised(kind))

    assert what in (Fate.UNCERTAIN, Fate.UNHEARD)
    assert name in ANSWERS
    assert seconds == 0.0


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), Fate.LATER),
        (socket.gaierror(-2, "no such host"), Fate.LATER),
        (OSError(errno.ENETUNREACH, "no network"), Fate.LATER),
        (OSError(errno.EHOSTUNREACH, "no host"), Fate.LATER),
        (ssl.SSLCertVerificationError("not Slack's"), Fate.LATER),
        (PermissionError("the address does not lead to Slack"), Fate.LATER),
        (ConnectionResetError(errno.ECONNRESET, "reset"), Fate.UNHEARD),
        (BrokenPipeError(errno.EPIPE, "broken"), Fate.UNHEARD),
        (TimeoutError("slow"), Fate.UNHEARD),
        (ssl.SSLEOFError("cut"), Fate.UNHEARD),
        ("something", Fate.UNHEARD),
    ],
)
def test_only_a_connection_that_was_never_made_is_certain_to_have_carried_nothing(reason: Any, meaning: Fate):
    assert fate(urllib.error.URLError(reason))[0] is meaning


@given(code=st.text(), status=st.integers(100, 599), headers=st.dictionaries(st.text(), st.text()))
def test_whatever_text_stands_in_the_place_of_an_error_it_has_a_fate_and_unless_listed_it_is_uncertain(code, status, headers):
    what, name, seconds = fate(answer({"ok": False, "error": code}, status, headers))

    assert isinstance(name, str)
    assert len(name) <= 60
    assert 0.0 <= seconds <= LONGEST_LIMIT
    if status != 429 and code not in ANSWERS:
        assert what is Fate.UNCERTAIN


@given(data=JSON | st.binary(), status=st.sampled_from([200, 302, 400, 403, 404, 407, 429, 500, 503, None]))
def test_whatever_comes_as_an_answer_it_has_a_fate(data, status):
    what, name, _seconds = fate(answer(data, status))

    assert isinstance(what, Fate)
    assert str(why(name))


@pytest.mark.parametrize("code", sorted(ANSWERS))
def test_a_listed_code_means_what_the_table_says_whatever_status_it_comes_with(code: str):
    assert fate(answer({"ok": False, "error": code}))[0] is verdict(code).fate
    assert fate(answer({"ok": False, "error": code}, 403))[0] is verdict(code).fate
    assert fate(answer({"ok": False, "error": code}, 503))[0] is Fate.UNCERTAIN
    assert str(verdict(code).why)


@given(header=st.text() | st.floats().map(str) | st.integers().map(str), name=st.sampled_from(["Retry-After", "retry-after"]))
def test_slacks_pause_is_kept_within_reason_whatever_stands_in_the_header(header: str, name: str):
    what, _code, seconds = fate(answer({"ok": False}, 429, {name: header}))

    assert what is Fate.LIMITED
    assert 1.0 <= seconds <= LONGEST_LIMIT


AGES = st.timedeltas(timedelta(0), timedelta(days=30))


@given(one=AGES, other=AGES)
def test_the_pauses_of_a_message_in_doubt_grow_and_are_bounded(one: timedelta, other: timedelta):
    pace = Pace()
    younger, older = sorted((one, other))

    assert pace.settle <= pace.pause(younger) <= pace.pause(older) <= pace.longest
