"""The only file that imports Bolt: one middleware lets people in, every listener hands over and acknowledges last."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from flask import Response
from slack_bolt import Ack, App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.adapter.flask.handler import to_flask_response
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient

from bot.delivering.audience import CHANNEL_NEWS
from bot.logs import reference
from bot.metrics import ACKNOWLEDGED
from bot.receiving.intake import Intake
from bot.receiving.signatures import Verified
from bot.settings import Settings
from bot.working.outcomes import broken
from commands.kit import blocks
from commands.kit.access.access import in_words, outside
from commands.kit.i18n import Text, reading

log = logging.getLogger(__name__)
ANYTHING = re.compile(".*", re.DOTALL)
# of whom nothing is asked: what Slack tells about people and channels
NEWS = {"user_change", *CHANNEL_NEWS}


def build_app(settings: Settings, client: WebClient, intake: Intake, home_team: str) -> App:
    """Build the Bolt app: it acknowledges within its listener, and each listener does nothing after that."""
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else "socket-mode"
    with _bolts_own_variables_unset():
        app = App(
            # without a name Bolt reads the whole stack's sources to find one
            name="riskbot",
            client=client,
            signing_secret=secret,
            process_before_response=True,
            before_authorize=_read_again,
            logger=logging.getLogger("bot.bolt"),
        )
    app.middleware(_door(intake, home_team))
    _listen(app, intake)
    app.error(_failing(intake))
    return app


@contextmanager
def _bolts_own_variables_unset() -> Iterator[None]:
    """Unset Bolt's own variables: with a client id and secret in the environment it would forget its token."""
    names = ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN")
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def _read_again(req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:
    """Read a command with the word "payload" properly, which Bolt reads as an empty form."""
    # Bolt's own verification comes before
    req.context["verified"] = True
    if req.mode == "http" and "command=" in (req.raw_body or "") and not req.body.get("command"):
        fields = dict(parse_qsl(req.raw_body, keep_blank_values=True))
        if "command" in fields:
            from slack_bolt.request.internals import build_context

            req.body = fields
            build_context(req.context, req.body)
    return next()


def _door(intake: Intake, home_team: str) -> Callable[..., BoltResponse]:
    """Admit people, or refuse them in words; no other place does."""

    def admit(req: BoltRequest, context: BoltContext, body: dict[str, Any], ack: Ack, next: Callable[[], BoltResponse]) -> BoltResponse:
        context["received"] = time.perf_counter()
        if (body.get("event") or {}).get("type") in NEWS:
            # Slack's own news: there is nobody to answer, whoever caused it
            return next()
        user, team = _who(body)
        if user is None:
            return ack()
        people = intake.executor.people
        # another replica may know more of them
        intake.executor.courier.news.look()
        why = outside(people.user(user), team=team, home_team=home_team)
        if why is None:
            return next()
        log.info("somebody was refused", extra={"user": user, "team": team, "why": why.value})
        intake.note_outsider(user, why)
        with reading(people.person(user).reader):
            return _turn_away(intake, body, ack, in_words(why))

    return admit


def _who(body: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The user and the team from which a request of any kind comes."""
    if event := body.get("event"):
        user = event.get("user")
        return (user if isinstance(user, str) and not event.get("bot_id") else None), event.get("user_team") or event.get(
            "team"
        ) or body.get("team_id")
    user = body.get("user")
    if isinstance(user, Mapping):
        return user.get("id"), user.get("team_id") or (body.get("team") or {}).get("id")
    return body.get("user_id"), body.get("team_id")


def _turn_away(intake: Intake, body: dict[str, Any], ack: Ack, no: Text) -> BoltResponse:
    kind = body.get("type")
    if "command" in body:
        return ack(blocks.marked(no))
    if kind == "block_suggestion":
        return ack(options=[])
    if kind == "view_submission":
        return ack(response_action="update", view=_closing_view(no))
    if kind in {"block_actions", "message_action", "shortcut"}:
        intake.turn_away(body, no)
    elif body.get("event"):
        intake.messages.refuse(body, no)
    return ack()


def _closing_view(sentence: Text) -> dict[str, Any]:
    """Return a view with a sentence in place of a form."""
    return {
        "type": "modal",
        "title": blocks.plain("Riskbot", blocks.TITLE),
        "blocks": [{"type": "section", "text": blocks.plain(sentence)}],
    }


def _listen(app: App, intake: Intake) -> None:
    @app.command("/risk")
    def command(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        said = intake.command(body)
        _timed("command", context)
        ack(said) if said else ack()

    @app.view(ANYTHING)
    def view(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        answer = intake.forms.submit(body)
        _timed("view", context)
        ack(**answer)

    @app.action(ANYTHING)
    def action(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        intake.press(body)
        _timed("action", context)
        ack()

    @app.options(ANYTHING)
    def options(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        found = intake.forms.options(body)
        _timed("options", context)
        ack(options=found)

    @app.shortcut(ANYTHING)
    def shortcut(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        intake.shortcut(body)
        _timed("shortcut", context)
        ack()

    @app.event(ANYTHING)
    def event(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        _event(intake, body)
        _timed("event", context)
        ack()


def _event(intake: Intake, body: dict[str, Any]) -> None:
    event = body["event"]
    match event.get("type"):
        case "app_home_opened":
            intake.messages.home(body)
        case "app_mention":
            intake.messages.greet(body)
        case "message" if event.get("channel_type") == "im" and event.get("subtype") == "file_share":
            intake.files.sent(body)
        case "message" if event.get("channel_type") == "im" and not event.get("subtype"):
            intake.messages.greet(body)
        case "user_change":
            intake.somebody_changed(event)
        case kind if kind in CHANNEL_NEWS:
            intake.channel_changed(event)


def _timed(kind: str, context: BoltContext) -> None:
    ACKNOWLEDGED.labels(kind).observe(time.perf_counter() - context["received"])


def _failing(intake: Intake) -> Callable[..., BoltResponse]:
    def failed(error: Exception, body: dict[str, Any], context: BoltContext) -> BoltResponse:
        """Tell the user at once that nothing was recorded, with a reference that is also in the log."""
        if not context.get("verified"):
            # not verified: the body is not read, answered or logged
            log.error("a request was refused unread", extra={"error": type(error).__name__})
            return BoltResponse(status=401, body="")
        mark = reference()
        log.error("a listener failed", exc_info=error, extra={"reference": mark, "type": body.get("type") or body.get("command")})
        if body.get("event"):
            # not acknowledged, so Slack sends it again
            return BoltResponse(status=500, body="")
        sentence = broken(mark)
        if "command" in body:
            return BoltResponse(status=200, body=json.dumps({"text": blocks.marked(sentence)}))
        if body.get("type") == "view_submission":
            return BoltResponse(status=200, body=json.dumps({"response_action": "update", "view": _closing_view(sentence)}))
        if body.get("type") in {"block_actions", "message_action", "shortcut"}:
            intake.turn_away(body, sentence)
        return BoltResponse(status=200, body="")

    return failed


def taking(app: App) -> Callable[[Verified], Response]:
    """Return a function that gives Bolt a request from the gate; Bolt verifies it once more."""

    def take(request: Verified) -> Response:
        return to_flask_response(app.dispatch(BoltRequest(body=request.body, headers=dict(request.headers))))

    return take


def socket_handler(app: App, settings: Settings) -> SocketModeHandler:
    """Return the handler of requests over a WebSocket that the bot opens."""
    assert settings.slack_app_token is not None, "Socket Mode has its token"
    handler = SocketModeHandler(app, settings.slack_app_token.get_secret_value(), concurrency=16)
    handler.client.message_listeners.append(_without_delay)
    return handler


def _without_delay(client: Any, message: dict[str, Any], _raw: str | None = None) -> None:
    """Send each acknowledgement at once: else it waits until the one before it has been received, which may take 40 ms."""
    if message.get("type") == "hello" and (session := client.current_session) is not None and session.sock is not None:
        session.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
