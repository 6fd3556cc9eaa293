"""Before SQLite's write lock long work lets everybody pass who waits, and is not kept waiting for ever."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from playground.person import PATIENCE
from storage import rows, write_queue
from storage.database import Busy, Database
from storage.sight import EVERYTHING


@pytest.fixture
def file(sqlite: Database) -> Path:
    assert sqlite.file is not None
    return sqlite.file.path


def until(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_a_request_that_waits_for_the_lock_is_seen(sqlite: Database, file: Path):
    def ask() -> None:
        with sqlite.begin(EVERYTHING, write=True) as tx:
            rows.next_number(tx, "R")

    request = threading.Thread(target=ask)
    with sqlite.begin(EVERYTHING, write=True):
        assert not write_queue.waited_for(file)
        request.start()
        until(lambda: write_queue.waited_for(file))
    request.join(PATIENCE)

    assert not write_queue.waited_for(file)


def test_long_work_waits_while_somebody_else_does_even_if_the_lock_is_free(sqlite: Database, file: Path, monkeypatch):
    monkeypatch.setattr(write_queue, "POLITE", 0.1)
    began = time.monotonic()
    with write_queue.waiting(file), sqlite.begin(EVERYTHING, write=True, gives_way=True) as tx:
        rows.next_number(tx, "R")

    assert time.monotonic() - began >= 0.1


def test_requests_pass_long_work_that_was_there_before_them(sqlite: Database, file: Path, monkeypatch):
    monkeypatch.setattr(write_queue, "POLITE", PATIENCE)
    order: list[str] = []

    def write(name: str, *, gives_way: bool) -> None:
        with sqlite.begin(EVERYTHING, write=True, gives_way=gives_way, patience=PATIENCE):
            order.append(name)

    work = threading.Thread(target=write, args=("work",), kwargs={"gives_way": True})
    requests = [threading.Thread(target=write, args=("request",), kwargs={"gives_way": False}) for _each in range(3)]
    with write_queue.waiting(file):
        work.start()
        for request in requests:
            request.start()
        for request in requests:
            request.join(PATIENCE)
    work.join(PATIENCE)

    assert order == ["request"] * 3 + ["work"]


def test_a_lock_that_stays_taken_is_told_after_the_patience(sqlite: Database):
    with (
        sqlite.begin(EVERYTHING, write=True),
        closing(Database(sqlite.address)) as other,
        pytest.raises(Busy),
        other.begin(EVERYTHING, write=True, patience=0.05),
    ):
        pass


def test_a_folder_without_room_for_the_queue_has_none(tmp_path: Path):
    (tmp_path / "book.db-queue").mkdir()

    with write_queue.waiting(tmp_path / "book.db"):
        assert not write_queue.waited_for(tmp_path / "book.db")
