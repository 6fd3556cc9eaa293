"""The workspace's storage: one SQLite file, so that a restart finds earlier messages."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from playground.shapes import Json

_TABLES = """
CREATE TABLE IF NOT EXISTS messages (channel TEXT, ts TEXT, body TEXT NOT NULL, PRIMARY KEY (channel, ts)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members (channel TEXT, user TEXT, present INTEGER NOT NULL, PRIMARY KEY (channel, user)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reads (user TEXT, channel TEXT, ts TEXT NOT NULL, PRIMARY KEY (user, channel)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, body TEXT NOT NULL, content BLOB);
"""


class Store:
    """A store that writes through at once; nothing is lost when the process stops, but a power cut may lose data."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "playground.sqlite3", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_TABLES)
        self.closed = False

    def close(self) -> None:
        self.closed = True
        self._db.close()

    def forget(self) -> None:
        """Delete every message, file and read mark; memberships stay."""
        for table in ("messages", "reads", "files"):
            self._db.execute(f"DELETE FROM {table}")

    def save_message(self, channel: str, message: Json) -> None:
        self._db.execute("INSERT OR REPLACE INTO messages VALUES (?, ?, ?)", (channel, message["ts"], json.dumps(message)))

    def delete_message(self, channel: str, ts: str) -> None:
        self._db.execute("DELETE FROM messages WHERE channel = ? AND ts = ?", (channel, ts))

    def messages(self) -> Iterator[tuple[str, Json]]:
        """Yield every message with its channel, in time order."""
        for channel, body in self._db.execute("SELECT channel, body FROM messages ORDER BY ts"):
            yield channel, json.loads(body)

    def save_member(self, channel: str, user: str, present: bool) -> None:
        self._db.execute("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", (channel, user, int(present)))

    def members(self) -> Iterator[tuple[str, str, bool]]:
        """Yield every change of membership since the seed: channel, user, whether they are in."""
        for channel, user, present in self._db.execute("SELECT channel, user, present FROM members"):
            yield channel, user, bool(present)

    def save_read(self, user: str, channel: str, ts: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO reads VALUES (?, ?, ?)", (user, channel, ts))

    def reads(self) -> dict[tuple[str, str], str]:
        return {(user, channel): ts for user, channel, ts in self._db.execute("SELECT user, channel, ts FROM reads")}

    def save_file(self, body: Json) -> None:
        sql = "INSERT INTO files (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
        self._db.execute(sql, (body["id"], json.dumps(body)))

    def save_content(self, file_id: str, content: bytes) -> None:
        self._db.execute("UPDATE files SET content = ? WHERE id = ?", (content, file_id))

    def files(self) -> Iterator[Json]:
        for (body,) in self._db.execute("SELECT body FROM files"):
            yield json.loads(body)

    def content(self, file_id: str) -> bytes | None:
        """Return the bytes of a file; None if it was announced but never uploaded."""
        row = self._db.execute("SELECT content FROM files WHERE id = ?", (file_id,)).fetchone()
        return None if row is None or row[0] is None else bytes(row[0])
