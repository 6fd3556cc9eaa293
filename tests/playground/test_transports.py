"""Socket Mode and HTTP as the wire carries them: greetings, tickets, acks, retries, signatures."""

from __future__ import annotations

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from playground.person import PATIENCE


async def socket(session, api):
    api.token = "xapp-playground"
    url = api("apps.connections.open")["url"]
    api.token = "xoxb-playground"
    return await session.ws_connect(url)


def with_session(work):
    """Run ``work(session)`` to its end in a loop of its own."""

    async def run():
        async with aiohttp.ClientSession() as session:
            return await work(session)

    return asyncio.run(run())


def in_background(work):
    """Start ``work()`` in a thread; calling the result waits for its value."""
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()

    def value():
        thread.join()
        return found[0]

    return value


def test_a_socket_is_greeted_and_its_ticket_works_once(pg, api):
    async def work(session):
        ws = await socket(session, api)
        hello = await ws.receive_json()
        api.token = "xapp-playground"
        url = api("apps.connections.open")["url"]
        async with session.ws_connect(url) as second:
            await second.receive_json()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        await ws.close()
        return hello

    hello = with_session(work)

    assert (hello["type"], hello["num_connections"], hello["connection_info"]) == ("hello", 1, {"app_id": "A0RISKBOT"})


def test_an_eleventh_socket_is_turned_away(pg, api):
    async def work(session):
        sockets = [await socket(session, api) for _ in range(11)]
        greetings = [await ws.receive_json() for ws in sockets]
        for ws in sockets:
            await ws.close()
        return greetings

    greetings = with_session(work)

    assert [g["type"] for g in greetings] == ["hello"] * 10 + ["disconnect"]
    assert greetings[-1]["reason"] == "too_many_websockets"


def test_each_envelope_goes_to_one_socket_and_pings_are_echoed(pg, api):
    async def work(session):
        sockets = [await socket(session, api) for _ in range(2)]
        for ws in sockets:
            await ws.receive_json()
        counts = [0, 0]
        for n in range(4):
            sent = in_background(lambda n=n: pg.person("ana").send("general", f"/risk {n}"))
            done, pending = await asyncio.wait([asyncio.ensure_future(ws.receive_json()) for ws in sockets], return_when="FIRST_COMPLETED")
            for other in pending:
                other.cancel()
            envelope = done.pop().result()
            counts[n % 2] += 1
            await sockets[0].send_json({"envelope_id": envelope["envelope_id"]})
            assert (await asyncio.to_thread(sent))["ok"]
        for ws in sockets:
            await ws.close()
        return counts, envelope

    counts, envelope = with_session(work)

    assert counts == [2, 2]
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)


def test_a_ping_is_echoed_with_its_words(pg, api):
    async def work(session):
        api.token = "xapp-playground"
        url = api("apps.connections.open")["url"]
        async with session.ws_connect(url, autoping=False) as ws:
            await ws.receive()
            await ws.ping(b"session:1")
            return (await ws.receive()).data

    assert bytes(with_session(work)) == b"session:1"


def test_an_event_that_is_not_acknowledged_comes_again_and_says_why(make, caller):
    pg = make(ack_seconds=0.6, retry_delays=(0.0, 0.05, 0.05))
    api = caller(pg.port)

    async def work(session):
        ws = await socket(session, api)
        await ws.receive_json()
        await asyncio.to_thread(pg.person("ana").send, "dm", "hello?")
        frames = [await ws.receive_json(timeout=PATIENCE) for _ in range(3)]
        await ws.send_json({"envelope_id": frames[-1]["envelope_id"]})
        with pytest.raises(asyncio.TimeoutError):
            await ws.receive_json(timeout=0.9)
        await ws.close()
        return frames

    frames = with_session(work)

    assert [(f["retry_attempt"], f["retry_reason"]) for f in frames] == [(0, ""), (1, "timeout"), (2, "timeout")]
    assert len({f["payload"]["event_id"] for f in frames}) == 1
    assert frames[0]["payload"]["event"]["channel_type"] == "im"


def test_a_command_that_is_not_acknowledged_times_out_once(make, caller):
    pg = make(ack_seconds=0.1)
    api = caller(pg.port)

    async def work(session):
        ws = await socket(session, api)
        await ws.receive_json()
        sent = await asyncio.to_thread(pg.person("ana").send, "general", "/risk")
        await ws.close()
        return sent

    sent = with_session(work)

    assert (sent["ok"], sent["error"]) == (False, "operation_timeout")
    assert "operation_timeout" in sent["say"]
    assert [e.error for e in pg.wire.envelopes("slash_commands")] == ["operation_timeout"]


def test_a_command_for_a_bot_that_is_not_there_fails_at_once(pg):
    assert pg.person("ana").send("general", "/risk")["error"] == "dispatch_failed"


def test_bolt_comes_back_after_a_disconnect(pg, bolt):
    bot = bolt(pg)
    bot.app.command("/risk")(lambda ack: ack("here"))

    pg.disconnect_sockets()
    pg.wait_for_bot()

    assert pg.person("ana").send("general", "/risk")["text"] == "here"


@pytest.fixture
def listener():
    """An HTTP bot that answers the challenge, keeps every other request and answers as told."""
    kept, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            challenge = json.loads(body).get("challenge") if body[:1] == b"{" else None
            status, more, words = 200, {}, challenge or ""
            if challenge is None:
                kept.append((dict(self.headers), body))
                status, more, words = answers.pop(0) if answers else (200, {}, "")
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words.encode())

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/slack/events", kept, answers
    server.shutdown()
    server.server_close()
    thread.join()


def test_requests_are_signed_as_slack_signs_them(make, listener):
    url, kept, _ = listener
    pg = make(transport="http", bot_url=url)
    pg.wait_for_bot()

    pg.person("ana").send("general", "/risk payload")

    headers, body = kept[0]
    verifier = SignatureVerifier(pg.signing_secret)
    assert verifier.is_valid_request(body.decode(), headers)
    assert not SignatureVerifier("other").is_valid_request(body.decode(), headers)
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_events_are_posted_again_with_a_number_and_a_reason(make, listener):
    url, kept, answers = listener
    answers += [(500, {}, "no"), (302, {"Location": "/"}, ""), (200, {}, "")]
    pg = make(transport="http", bot_url=url, retry_delays=(0.0, 0.01, 0.01))
    pg.wait_for_bot()

    pg.person("ana").send("dm", "hello")
    pg.wait_idle()

    reasons = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in kept]
    assert reasons == [(None, None), ("1", "http_error"), ("2", "too_many_redirects")]


def test_a_bot_may_ask_not_to_be_told_again(make, listener):
    url, kept, answers = listener
    answers += [(500, {"X-Slack-No-Retry": "1"}, "no")]
    pg = make(transport="http", bot_url=url, retry_delays=(0.0, 0.0, 0.0))
    pg.wait_for_bot()

    pg.person("ana").send("dm", "hello")
    pg.wait_idle()

    assert len(kept) == 1


def test_socket_mode_is_refused_while_the_workspace_delivers_by_http(make, caller):
    api = caller(make(transport="http").port, "xapp-playground")

    assert api("apps.connections.open")["error"] == "socket_mode_not_enabled"
