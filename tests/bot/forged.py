"""Requests that Slack never signed, by kind: each would act if anybody read it."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import itertools
import json
import random
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from playground.transport.http_mode import sign

MARK, STRANGER = "forged-by-a-stranger", "U0EVIL"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
Pairs = list[tuple[str, str]]


class Forger:
    """Writes requests whose effects would be seen at ``answers``."""

    def __init__(self, answers: str) -> None:
        self._answers = answers
        self._numbers = itertools.count(1)

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        """One body of every kind that Slack sends, with its content type."""
        n = next(self._numbers)
        who = {"id": f"{STRANGER}{n}", "team_id": "T0PLAY"}
        common = {"user": who, "team": {"id": "T0PLAY"}, "trigger_id": f"{n}.1", "response_url": f"{self._answers}/actions/{n}"}
        press = {"type": "block_actions", "channel": {"id": "C0GENERAL"}, "actions": [{"action_id": "approval.approve", "value": MARK}]}
        view = {"type": "modal", "callback_id": "log", "state": {"values": {}}, "private_metadata": MARK, "id": "V1"}
        event = {"type": "app_mention", "user": who["id"], "text": MARK, "channel": "C0GENERAL", "ts": "1.1"}
        yield FORM, self.command()
        for payload in (
            press | common,
            {"type": "view_submission", "view": view} | common,
            {"type": "block_suggestion", "value": MARK, "action_id": "customer", "block_id": "customer"} | common,
            {"type": "shortcut", "callback_id": "log"} | common,
            {"type": "message_action", "callback_id": "log", "message": {"text": MARK}, "channel": {"id": "C0GENERAL"}} | common,
        ):
            yield FORM, urlencode({"payload": json.dumps(payload)}).encode()
        yield JSON, json.dumps({"type": "event_callback", "event": event, "team_id": "T0PLAY", "event_id": f"Ev{n}"}).encode()
        yield JSON, json.dumps({"type": "event_callback", "event": {"type": "user_change", "user": who}, "team_id": "T0PLAY"}).encode()
        yield JSON, json.dumps({"type": "url_verification", "challenge": MARK}).encode()

    def command(self, **more: str) -> bytes:
        n = next(self._numbers)
        who = {"user_id": f"{STRANGER}{n}", "team_id": "T0PLAY", "channel_id": "C0GENERAL", "trigger_id": f"{n}.2"}
        text = f'log ACME credit L4 S3 X2 "{MARK}"'
        return urlencode({"command": "/risk", "text": text, "response_url": f"{self._answers}/commands/{n}"} | who | more).encode()


def http(body: bytes, headers: Pairs, *, method: str = "POST", path: str = "/slack/events", length: bool = True) -> bytes:
    """A request as it stands on the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: riskbot"] + [f"{name}: {value}" for name, value in headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def signed(body: bytes, kind: str = FORM, **changed: str | None) -> Pairs:
    """The headers of a request of Slack's, with some of them changed, or left out where None stands."""
    names = {"signature": "X-Slack-Signature", "timestamp": "X-Slack-Request-Timestamp", "content": "Content-Type"}
    headers = {"Content-Type": kind, **sign(body)} | {names[name]: value for name, value in changed.items()}
    return [(name, value) for name, value in headers.items() if value is not None]


def by_another(body: bytes, *, secret: bytes = b"another secret", version: str = "v0", at: float | None = None) -> dict[str, str]:
    """A signature that somebody else makes in the right manner."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret, f"{version}:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "signature": f"{version}={digest}"}


def signatures(forger: Forger) -> Iterator[bytes]:
    """Every kind of body under signatures that are none."""
    good = "v0=" + "a" * 64
    for spoilt in (
        None,
        *("", "v0=", "v0", "=", good[:-1], good + "a", good.upper(), good.replace("v0", "v1"), good + ", " + good, good + "\x00"),
        *("v0=\xe9", "v0=" + "\xe9" * 64, "\xff" * 67, "v0=" + "\xb2" * 64, "v0=" + "a" * 9000, "v0=" + "0" * 64, "a" * 64),
    ):
        for kind, body in forger.bodies():
            yield http(body, signed(body, kind, signature=spoilt))
    for kind, body in forger.bodies():
        for made in (
            by_another(body),
            by_another(body, secret=b""),
            by_another(body, secret=b"socket-mode"),
            by_another(body, version="v1"),
        ):
            yield http(body, signed(body, kind, **made))
        yield http(body, [*signed(body, kind), ("X-Slack-Signature", good)])
        yield http(body, [("X-Slack-Signature", good), *signed(body, kind)])
        yield http(body, [(name.replace("-", "_"), value) for name, value in signed(body, kind)])


def timestamps(forger: Forger) -> Iterator[bytes]:
    """Signatures that are Slack's own, under times that they were not made for, or of another day."""
    now = str(int(time.time()))
    for kind, body in forger.bodies():
        for wrong in (
            None,
            "",
            "abc",
            "1e9",
            "-1",
            "+" + now,
            now + ".0",
            "0x5f",
            "9" * 400,
            "９" * 10,
            now + "\xa0",
            "0" + now,
            "1_0",
            "٣",
        ):
            yield http(body, signed(body, kind, timestamp=wrong and wrong.encode("utf-8").decode("latin-1")))
        for age in (301, 100_000, -400):
            yield http(body, [("Content-Type", kind), *sign(body, at=time.time() - age).items()])
        yield http(body, [*signed(body, kind), ("X-Slack-Request-Timestamp", now)])


def replays(forger: Forger) -> Iterator[bytes]:
    """Slack's own requests, taken down and sent again with a change."""
    for kind, body in forger.bodies():
        headers = signed(body, kind)
        for changed in (
            body + b"&x=1",
            body + b" ",
            b" " + body,
            body[:-1],
            body.replace(b"U0EVIL", b"U0EVILANA"),
            b"",
            body * 2,
            body + b"\x00",
        ):
            if changed != body:
                yield http(changed, headers)
        yield http(body, signed(body, JSON if kind == FORM else FORM))
        yield http(b"", headers, path="/slack/events?" + body.decode()[:2000].replace(" ", "+"))


def flips(forger: Forger) -> Iterator[bytes]:
    """Slack's own requests with one bit turned, in the body, the time or the signature."""
    dice = random.Random(11)
    for kind, body in forger.bodies():
        for _time in range(12):
            at, bit = dice.randrange(len(body)), 1 << dice.randrange(8)
            yield http(body[:at] + bytes([body[at] ^ bit]) + body[at + 1 :], signed(body, kind))
            headers = sign(body)
            name = dice.choice(sorted(headers))
            at = dice.randrange(len(headers[name]))
            turned = chr(ord(headers[name][at]) ^ (1 << dice.randrange(8)))
            yield http(body, [("Content-Type", kind), *(headers | {name: headers[name][:at] + turned + headers[name][at + 1 :]}).items()])


def encodings(forger: Forger) -> Iterator[bytes]:
    """Bodies in other clothes; even under a signature of Slack's none of them is one of Slack's."""
    for kind, body in forger.bodies():
        zipped = gzip.compress(body)
        yield http(zipped, [*signed(zipped, kind), ("Content-Encoding", "gzip")])
        yield http(body, [*signed(body, kind), ("Content-Encoding", "deflate")])
        for other in ("utf-16", "utf-7", "latin-1", "x"):
            yield http(body.decode().encode("utf-16"), signed(body, f"{kind}; charset={other}"))
            yield http(body, signed(body, f"{kind}; charset={other}"))
        for other in (
            None,
            "",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/xml",
            "application/json-patch+json",
            "a" * 5000,
        ):
            yield http(body, signed(body, kind, content=other))
        yield http(body, [*signed(body, kind), ("Content-Type", "text/plain")])
    for broken in (b"\xff\xfe", b"command=%2Frisk&text=\xff", b'{"type":"\xff"}', "command=/risk".encode("utf-16")):
        for kind in (FORM, JSON):
            yield http(broken, signed(broken, kind))
            yield http(broken, signed(broken, kind, signature=None))


def jsons(forger: Forger) -> Iterator[bytes]:
    """JSON that is costly or ambiguous to read."""
    deep, wide = "[" * 60_000 + "]" * 60_000, '{"a":' * 60_000 + "1" + "}" * 60_000
    press = {"type": "block_actions", "user": {"id": "U0EVIL"}, "response_url": "", "actions": [{"action_id": MARK}]}
    twice = json.dumps(press)[:-1] + ',"user":{"id":"U0ANA"},"type":"view_submission"}'
    for text in (
        deep,
        wide,
        "9" * 6000,
        '{"a":' + "9" * 6000 + "}",
        '{"a":1e999999}',
        '{"a":NaN}',
        twice,
        "[]",
        "null",
        "1",
        '"x"',
        "{",
        "",
        "\ud800",
    ):
        body = text.encode("utf-8", "surrogatepass")
        yield http(body, signed(body, JSON, signature=None))
        yield http(body, signed(body, JSON, **by_another(body)))
        wrapped = urlencode({"payload": body}).encode()
        yield http(wrapped, signed(wrapped, FORM, **by_another(wrapped)))


def forms(forger: Forger) -> Iterator[bytes]:
    """Forms that mean two things."""
    command = forger.command()
    for body in (
        command + b"&payload=" + urlencode({"": json.dumps({"type": "block_actions"})}).encode()[1:],
        command + b"&user_id=U0ANA",
        command + b"&command=%2Frisk&command=%2Fother",
        command + b"&ssl_check=1",
        b"ssl_check=1&" + command,
        b"ssl_check=1&payload=%7B%7D",
        b"ssl_check=1&ssl_check=1",
        b"ssl_check=1&token=" + b"x" * 200,
        b"&".join(b"a%d=1" % n for n in range(5000)),
        b"payload=",
        b"payload=%7B%7D&payload=%5B%5D",
        b"=&=&=",
        b"command",
        b"%",
    ):
        yield http(body, signed(body, signature=None))
        yield http(body, signed(body, **by_another(body)))


def lengths(forger: Forger) -> Iterator[bytes]:
    """Lengths that are none, or two."""
    body = forger.command()
    made = signed(body, **by_another(body))
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    chunked = ("Transfer-Encoding", "chunked")
    yield http(chunk, [*made, chunked], length=False)
    yield http(chunk, [*made, chunked])
    yield http(body, [*made, chunked])
    yield http(chunk, [*made, ("Transfer-Encoding", "chunked, chunked")], length=False)
    for other in ("gzip", "identity", "gzip, chunked", "chunked, gzip", "\x0bchunked", "xchunked", "chunked;x=1"):
        yield http(chunk, [*made, ("Transfer-Encoding", other)], length=False)
    for garbled in (b"zz\r\n", b"-1\r\n", b"ffffffffffffffffff\r\n", b"5;" + b"x" * 3000 + b"\r\n", b"1\r\nxx\r\n0\r\n\r\n"):
        yield http(garbled, [*made, chunked], length=False)
    for length in ("-1", "+5", "5, 5", "1e3", "0x10", "9" * 30, "9" * 5000, "", "5 5", str(1 << 20), str(len(body) + 1)):
        yield http(body, [*made, ("Content-Length", length)], length=False)
    yield http(body, made)[:-40]
    yield http(body, made, length=False)
    yield http(body, [*made, ("Content-Length", "3")])
    yield http(body, [*made, ("Expect", "100-continue")])
    yield http(chunk, [*made, chunked], length=False).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    yield http(body, made) + http(body, made)


def methods(forger: Forger) -> Iterator[bytes]:
    """Every other way to say it."""
    body = forger.command()
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "post", "PROPFIND", "X" * 300):
        yield http(body, signed(body), method=method)


def paths(forger: Forger) -> Iterator[bytes]:
    """Every other place to say it."""
    body = forger.command()
    for path in (
        *("/", "//", "/slack/events/", "//slack/events", "/slack//events", "/slack/events%00", "/slack/./events", "/SLACK/EVENTS"),
        *("/slack/install", "/slack/oauth_redirect", "/slack", "/static/x", "/console", "/readyz", "/metrics", "/healthz", "*"),
        *("http://[/slack/events", "http://[::1/", "http://\xe9/", "/" + "a" * 20_000, "/%ff", "/slack/events?ssl_check=1&" + "x" * 3000),
    ):
        yield http(body, signed(body, signature=None), path=path)
    yield from (
        b"",
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"POST /slack/events\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    )
    for name, value in (("X-Long", "x" * 20_000), ("X-\x00", "1"), ("X-Nul", "\x00"), ("X a", "b"), ("X-Del\x7f", "1"), (MARK * 9, MARK)):
        yield http(body, [*signed(body, signature=None), (name, value)])
    yield http(body, [*signed(body, signature=None), *((f"X-{n}", "1") for n in range(500))])


KINDS = (signatures, timestamps, replays, flips, encodings, jsons, forms, lengths, methods, paths)
