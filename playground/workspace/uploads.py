"""Files as the workspace stores them, including those that people put into a form."""

from __future__ import annotations

import copy
import mimetypes
from typing import Any
from urllib.parse import quote

from playground.block_kit.blocks import Values
from playground.core import Core
from playground.shapes import Json
from playground.workspace import seed
from playground.workspace.ids import new_id

_PRIVATE = ("uploaded", "completed")


def announced(core: Core, name: str, size: int, user: str, alt: str = "") -> Json:
    """Create a file without its bytes, under a new id."""
    id = new_id("F")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file: Json = {
        "id": id,
        "created": int(float(core.workspace.clock.ts())),
        "name": name,
        "title": name,
        "mimetype": kind,
        "filetype": name.rpartition(".")[2].lower() if "." in name else "binary",
        "user": user,
        "size": size,
        "mode": "hosted",
        "is_public": False,
        "alt_txt": alt,
        "channels": [],
        "groups": [],
        "ims": [],
        "shares": {},
        "uploaded": False,
        "completed": False,
        "url_private": core.url(f"/files-pri/{seed.TEAM_ID}-{id}/{quote(name)}"),
        "url_private_download": core.url(f"/files-pri/{seed.TEAM_ID}-{id}/download/{quote(name)}"),
        "permalink": core.url(f"/ui/files/{id}"),
    }
    core.files[id] = file
    core.store.save_file(file)
    return file


def received(core: Core, file: Json, content: bytes) -> None:
    """Store the bytes of an announced file."""
    file["uploaded"] = True
    core.store.save_file(file)
    core.store.save_content(file["id"], content)


def from_person(core: Core, name: str, content: bytes, user: str) -> Json:
    """Create a complete, unshared file from a form."""
    file = announced(core, name, len(content), user)
    file["completed"] = True
    received(core, file, content)
    return file


def public(file: Json) -> Json:
    """Return a file as in messages, forms and files.info."""
    return {key: value for key, value in file.items() if key not in _PRIVATE}


def with_files(core: Core, values: Any) -> Values:
    """Return the entered values with complete files; files unknown to the workspace are omitted."""
    whole: Values = copy.deepcopy(values or {})
    for actions in whole.values():
        for state in actions.values():
            if isinstance(state, dict) and state.get("type") == "file_input":
                ids = [f.get("id") if isinstance(f, dict) else f for f in state.get("files") or []]
                state["files"] = [public(core.files[id]) for id in ids if id in core.files]
    return whole
