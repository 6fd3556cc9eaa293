"""The least that a Bolt app can do, as a process: acknowledge ``/risk`` and answer with its own words.

Over Socket Mode if SLACK_APP_TOKEN is set, else over HTTP on PORT. Unless it is to be Bolt as it comes, with what the product
does as well: enough threads, and acknowledgements that do not wait for each other in the socket.
"""

from __future__ import annotations

import argparse
import importlib
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

THREADS, WORKERS = 16, 8


def main() -> None:
    """Serve until killed."""
    options = _options()
    for module in options.also:
        importlib.import_module(module)
    app = _app(before_response=not options.stock)
    if "SLACK_APP_TOKEN" in os.environ:
        _serve_socket(app, stock=options.stock)
    else:
        _serve_http(app)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stock", action="store_true", help="Bolt as it comes, without process_before_response")
    parser.add_argument("--also", nargs="*", default=[], metavar="MODULE", help="import this too, as the product has to")
    return parser.parse_args()


def _app(*, before_response: bool) -> Any:
    from slack_bolt import App
    from slack_sdk import WebClient

    client = WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = App(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"], process_before_response=before_response)
    workers = ThreadPoolExecutor(WORKERS)

    @app.command("/risk")
    def echo(ack: Any, respond: Any, command: dict[str, Any]) -> None:
        if before_response:
            # the acknowledgement goes out when the listener returns
            workers.submit(respond, command["text"])
            ack()
        else:
            ack()
            respond(command["text"])

    return app


def _serve_socket(app: Any, *, stock: bool) -> None:
    from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler

    token = os.environ["SLACK_APP_TOKEN"]
    handler: Any = SocketModeHandler(app, token) if stock else SocketModeHandler(app, token, concurrency=THREADS)
    handler.connect()
    session = handler.client.current_session
    if not stock and session is not None and session.sock is not None:
        session.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Event().wait()


def _serve_http(app: Any) -> None:
    from flask import Flask, request
    from slack_bolt.adapter.flask import SlackRequestHandler
    from waitress import serve

    handler, server = SlackRequestHandler(app), Flask("echo")
    server.post("/slack/events")(lambda: handler.handle(request))
    serve(server, host="127.0.0.1", port=int(os.environ["PORT"]), threads=THREADS)


if __name__ == "__main__":
    main()
