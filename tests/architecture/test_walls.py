"""The walls of the house, read from the sources themselves."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LAYERS = ("bot", "commands", "storage", "risk_engine")
SOURCES = [path.relative_to(ROOT) for layer in (*LAYERS, "playground") for path in (ROOT / layer).rglob("*.py")]


@cache
def parsed(path: Path) -> ast.Module:
    """A source as it is read; only where a test asks, for every test process collects this file."""
    return ast.parse((ROOT / path).read_text("utf-8"))


def of(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    return ((path, parsed(path)) for path in SOURCES if path.parts[0] in packages)


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported anywhere in a file, within functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tops(tree: ast.AST) -> set[str]:
    return {name.partition(".")[0] for name in imported(tree)}


def named(tree: ast.AST) -> set[str]:
    """Every dotted name and attribute that is used."""
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)}


def constants(tree: ast.AST) -> set[str]:
    """Every literal text."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def importing(module: str, *packages: str) -> list[str]:
    return sorted(str(path) for path, tree in of(*packages) if module in tops(tree))


def test_the_sources_were_found():
    assert len(SOURCES) > 80


@pytest.mark.parametrize("place", range(len(LAYERS)), ids=lambda place: LAYERS[place])
def test_no_layer_reaches_upward(place):
    above = set(LAYERS[:place]) | {"playground", "tests"}

    assert [str(path) for path, tree in of(LAYERS[place]) if tops(tree) & above] == []


def test_the_playground_and_the_product_are_strangers():
    assert [str(path) for path, tree in of("playground") if tops(tree) & {*LAYERS, "tests"}] == []
    assert importing("playground", *LAYERS) == []


def test_the_engine_knows_the_discipline_and_arithmetic_and_nothing_else():
    allowed = {"risk_engine", "numpy", "scipy", "pydantic", "pydantic_core", "annotated_types"} | set(sys.stdlib_module_names)
    forbidden = {"time", "os", "random", "socket", "logging", "sqlite3", "threading", "subprocess", "uuid"}

    for path, tree in of("risk_engine"):
        assert tops(tree) <= allowed, path
        assert not tops(tree) & forbidden, path


@pytest.mark.parametrize("layer", ["risk_engine", "commands", "storage"])
def test_below_the_bot_nobody_asks_what_time_it_is(layer):
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "datetime.datetime.now"}

    assert {str(path): found for path, tree in of(layer) if (found := named(tree) & clocks)} == {}


def test_one_file_of_the_bot_asks_the_clock():
    asks = [str(path) for path, tree in of("bot") if named(tree) & {"datetime.now", "time.time", "time.monotonic"}]

    assert asks == ["bot/clock.py"]


@pytest.mark.parametrize(
    ("module", "home"), [("slack_bolt", ["bot/receiving/listeners.py"]), ("apscheduler", ["bot/timekeeping/job_scheduler.py"])]
)
def test_one_file_imports_bolt_and_one_the_scheduler(module, home):
    assert importing(module, *LAYERS) == home


@pytest.mark.parametrize("module", ["sqlalchemy", "alembic", "psycopg", "sqlite3"])
def test_the_database_is_known_in_storage_alone(module):
    assert importing(module, "bot", "commands", "risk_engine") == []


@pytest.mark.parametrize("module", ["slack_sdk", "flask", "waitress", "slack_bolt", "requests", "urllib"])
def test_below_the_bot_nobody_speaks_to_the_network(module):
    files = importing(module, "commands", "storage", "risk_engine")

    assert files == []


def test_only_the_courier_posts():
    posting = [str(path) for path, tree in of(*LAYERS) if any(name.endswith((".chat_postMessage", ".chat_update")) for name in named(tree))]

    assert posting == ["bot/delivering/posting.py"]
    assert [str(path) for path, tree in of(*LAYERS) if "posting.post" in named(tree)] == ["bot/delivering/courier.py"]
    assert [str(path) for path, tree in of(*LAYERS) if "chat.postMessage" in constants(tree)] == []


def test_no_web_client_retries_by_itself():
    made = {
        str(path): [call for call in ast.walk(tree) if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("Client")]
        for path, tree in of(*LAYERS)
    }

    assert made["bot/slack/client.py"]
    for path, calls in made.items():
        assert all("retry_handlers=[]" in ast.unparse(call) for call in calls), path


def test_one_file_opens_addresses():
    opening = [
        str(path)
        for path, tree in of(*LAYERS)
        if named(tree) & {"urlopen", "build_opener", "urllib.request.urlopen", "http.client", "HTTPConnection", "HTTPSConnection"}
        or tops(tree) & {"requests", "httpx", "aiohttp", "urllib3"}
    ]

    assert opening == ["bot/slack/outgoing_calls.py"]


def test_no_client_of_the_library_is_made_that_would_follow_a_redirect():
    made = {
        str(path)
        for path, tree in of(*LAYERS)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in {"WebClient", "WebhookClient"}
    }

    assert made == set()


def test_only_the_bot_begins_a_transaction():
    begin = [str(path) for path, tree in of("commands", "risk_engine") if any(name.endswith(".begin") for name in named(tree))]

    # an import or export is minutes of work on a file, most of it before or after the lock: they begin their own
    assert sorted(begin) == ["commands/audit/audit_exporting.py", "commands/data/exporting.py", "commands/data/importing.py"]
    assert [str(path) for path, tree in of(*LAYERS) if any(name.endswith((".commit", ".rollback")) for name in named(tree))] == []


def test_one_file_of_the_commands_writes_slacks_markup():
    written = [str(path) for path, tree in of("commands") if "mrkdwn" in constants(tree)]

    assert written == ["commands/kit/blocks.py"]


def test_the_product_has_no_mocks_and_no_relative_imports():
    for path, tree in of(*LAYERS, "playground"):
        assert not any(name.startswith((".", "unittest")) for name in imported(tree)), path


@pytest.mark.parametrize("path", [path for path in SOURCES if path.name != "__init__.py" and "migrations" not in path.parts], ids=str)
def test_every_file_says_first_what_it_is_for(path):
    said = ast.get_docstring(parsed(path))

    assert said
    assert said.splitlines()[0].rstrip().endswith((".", ":", "``"))


def test_rooms_of_commands_use_of_each_other_only_what_a_room_offers():
    """A room offers what its ``__init__`` names; ``kit`` belongs to all."""
    rooms = {path.name for path in (ROOT / "commands").iterdir() if path.is_dir()} - {"kit"}

    reached = [
        f"{path}:{node.lineno} {node.module}"
        for path, tree in of("commands")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (parts := (node.module or "").split("."))[0] == "commands"
        if len(parts) > 2 and parts[1] in rooms - {path.parts[1]}
    ]

    assert reached == []


def test_one_file_enqueues_what_people_are_told():
    """Every message goes through the stages, and none past them."""
    enqueueing = [str(path) for path, tree in of("bot", "commands") if named(tree) & {"deliveries.enqueue", "deliveries.keep_withheld"}]

    assert enqueueing == ["commands/delivery/recording.py"]


def test_a_broad_except_says_why():
    """A comment on its line gives the reason."""
    mute = [
        f"{path}:{node.lineno}"
        for path, tree in of(*LAYERS, "playground")
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or {"Exception", "BaseException"} & named(node.type))
        if "#" not in (ROOT / path).read_text("utf-8").splitlines()[node.lineno - 1]
    ]

    assert mute == []


def test_the_kit_reaches_no_room_through_the_registry_either():
    asking = [str(path) for path, _tree in of("commands") if path.parts[1] == "kit" and path.name != "registry.py"]

    assert [path for path in asking if "registry()" in (ROOT / path).read_text("utf-8")] == []
