"""No password, token or key is ever said: on the terminal, in the log, in a message about an address that is wrong."""

from __future__ import annotations

import io
import itertools
import logging

import pytest

from bot import cli, logs
from bot.settings import Settings
from storage.addresses import HIDDEN, secrets_in
from storage.database import BadUrl, Database

# in each of these a piece of "hunter2" and "Tr0ub4dor" is the password, or what somebody took for a place to write it
ADDRESSES = [
    "postgresql://bot:hunter2Tr0ub4dor@127.0.0.1:1/riskbot",
    "postgres://bot:hunter2%40Tr0ub4dor@127.0.0.1:1/riskbot",
    "postgresql://bot:hunter2@Tr0ub4dor@127.0.0.1:1/riskbot",
    "postgresql://bot:hunter2/Tr0ub4dor@127.0.0.1:1/riskbot",
    "postgresql://bot:hunter2:Tr0ub4dor@127.0.0.1:1/riskbot",
    "postgresql://bot:hunter2#Tr0ub4dor@127.0.0.1:1/riskbot",
    "postgresql://bot:hunter2?Tr0ub4dor@127.0.0.1:1/riskbot",
    "postgresql://bot:hunter2 Tr0ub4dor@127.0.0.1:1/riskbot",
    "postgresql://bot:hunter2%zzTr0ub4dor@127.0.0.1:1/riskbot",
    "postgresql://bot:[hunter2Tr0ub4dor]@127.0.0.1:1/riskbot",
    "postgresql://bot@127.0.0.1:1/riskbot?password=hunter2Tr0ub4dor",
    "postgresql://bot@127.0.0.1:1/riskbot?sslpassword=hunter2Tr0ub4dor&sslmode=require",
    "postgresql://bot@127.0.0.1:1/riskbot?passwrod=hunter2Tr0ub4dor",
    "postgresql://bot@127.0.0.1:1/riskbot?PASSWORD=hunter2%26Tr0ub4dor",
    "postgresql://bot@127.0.0.1:1/riskbot?options=-c%20search_path&passfile=/hunter2Tr0ub4dor",
    "postgresql://bot@127.0.0.1:1/riskbot?sslmode=verify-full&sslkey=hunter2Tr0ub4dor",
    "postgresql://bot:hunter2Tr0ub4dor@/riskbot?host=/nowhere/at/all",
    "postgresql://bot:hunter2Tr0ub4dor@127.0.0.1:port/riskbot",
    "postgresql://bot:hunter2Tr0ub4dor@127.0.0.1:99999999/riskbot",
    f"postgresql://bot:hunter2Tr0ub4dor@{'h' * 300}.invalid/riskbot",
    "postgresql+psycopg2://bot:hunter2Tr0ub4dor@127.0.0.1/riskbot",
    "postgresql+asyncpg://bot:hunter2Tr0ub4dor@127.0.0.1/riskbot",
    "mysql://bot:hunter2Tr0ub4dor@127.0.0.1/riskbot",
    "postgresql:/bot:hunter2Tr0ub4dor@127.0.0.1/riskbot",
    "bot:hunter2Tr0ub4dor@127.0.0.1/riskbot",
    "sqlite+aiosqlite:///hunter2Tr0ub4dor",
    "sqlite://bot:hunter2Tr0ub4dor@nowhere/riskbot.db",
    "sqlite:////nowhere/at/all/riskbot.db?password=hunter2Tr0ub4dor",
    "postgresql://bot:hunter2\x00Tr0ub4dor@127.0.0.1:1/riskbot",
]
SECRET = ("hunter2", "Tr0ub4dor")


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_wrong_is_refused_without_its_password(address: str):
    with pytest.raises(BadUrl) as refused:
        Database(address).check()

    told = f"{refused.value} {refused.value.__cause__!r}"
    assert not any(secret in told for secret in SECRET)


@pytest.mark.parametrize("address", [one for one in ADDRESSES if "\x00" not in one][::4])
@pytest.mark.parametrize("words", [["migrate"], ["audit", "verify"]])
def test_the_command_line_says_no_password(
    address: str, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("DATABASE_URL", address)

    assert cli.main(words) == 1
    said = capsys.readouterr()
    assert "DATABASE_URL is wrong" in said.err
    assert not any(secret in said.out + said.err for secret in SECRET)


def test_an_unexpected_fault_of_the_command_line_says_no_password(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("DATABASE_URL", "postgresql://bot:hunter2@127.0.0.1:1/riskbot")
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", "correct horse battery staple, 32 bytes")

    def fails(parsed: object, env: Settings) -> int:
        assert env.riskbot_audit_key
        raise RuntimeError(f"{env.database_url} and {env.riskbot_audit_key.get_secret_value()}")

    monkeypatch.setattr(cli.running, "migrate", fails)
    assert cli.main(["migrate"]) == 1
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert "hunter2" not in said
    assert "battery" not in said


TOKENS = {
    "bot": "xoxb-2345678901-2345678901-AbCdEfGhIjKlMnOp",
    "user": "xoxp-2345678901-2345678901-2345678901-abcdef0123456789",
    "app": "xapp-1-A0123456789-2345678901-abcdef0123456789abcdef",
    "refresh": "xoxe-1-My0xLTIzNDU2Nzg5MDE",
    "rotated": "xoxe.xoxb-1-Mi0yLTIzNDU2Nzg5MDE",
    "rotated user": "xoxe.xoxp-1-Mi0yLTIzNDU2Nzg5MDE",
    "client": "xoxc-2345678901-2345678901-abcdef0123456789",
    "cookie": "xoxd-AbC%2FdEf%2BgHi%3D%3D",
    "workflow": "xwfp-2345678901-2345678901-abcdef",
    "hook": "https://hooks.slack.com/services/T012/B012/abcdef0123456789",
    "mail": "smtp://robot:hunter2@mail.example.com:587",
    "mail with a colon": "smtps://robot:hun:ter2@mail.example.com",
    "token alone": "https://hunter2tokenwithoutauser:@example.com",
    "conninfo": "host=db password=hunter2hunter2 user=bot",
    "quoted conninfo": "host=db password='hunter2 hunter2' user=bot",
}


@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize("place", ["{}", "is ‘{}’", "({})", "a {} b", '"{}"', "token={}&x=1"])
def test_the_log_hides_what_looks_like_a_secret(kind: str, place: str):
    told = logged(place.format(TOKENS[kind]))
    pieces = [piece for piece in TOKENS[kind].replace("/", "-").replace(" ", "-").split("-") if len(piece) >= 10 and "=" not in piece]

    assert HIDDEN in told
    assert not [piece for piece in pieces if piece in told and ".com" not in piece]
    assert "hunter2" not in told


KEYS = ["a signing secret of 32 letters!!", 'with "quotes" and \\ in it, for a test', "密钥密钥密钥密钥 with letters of any script"]


@pytest.mark.parametrize("secret", KEYS)
@pytest.mark.parametrize("name", ["SLACK_SIGNING_SECRET", "RISKBOT_AUDIT_KEY", "RISKBOT_AUDIT_OLD_KEYS", "SLACK_BOT_TOKEN"])
def test_what_the_environment_holds_is_hidden_in_every_spelling(name: str, secret: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(name, secret)
    logs.keep(Settings().secrets())
    told = logged(f"{secret} {secret!r} {Settings()!r}", fact=secret)

    assert secret not in told
    assert not [piece for piece in secret.split() if len(piece) > 7 and piece in told]


def test_a_traceback_hides_them_too():
    logs.keep(["a signing secret of 32 letters!!"])
    try:
        raise RuntimeError("a signing secret of 32 letters!! and xoxb-1234567890-abcdef")
    except RuntimeError:
        told = logged("it failed", exc_info=True)

    assert "RuntimeError" in told
    assert "of 32 letters" not in told
    assert "xoxb" not in told


def test_an_address_keeps_its_pieces_and_says_its_place():
    assert set(secrets_in("postgresql://bot:a%40bcd@db.example.com/riskbot?sslmode=require")) == {"a%40bcd", "a@bcd", "bcd", "40bcd"}
    assert list(itertools.chain(*map(secrets_in, ("sqlite:///riskbot.db", "https://slack.com/api/")))) == []


def logged(message: str, **more: object) -> str:
    """A line of the log as it stands on standard error."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.RedactingFormatter("{levelname}{message}", style="{"))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    extra = {name: value for name, value in more.items() if name != "exc_info"}
    logger.warning(message, exc_info=bool(more.get("exc_info")), extra=extra)
    return out.getvalue()
