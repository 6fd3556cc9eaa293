"""Files for Slack: pictures in messages, and sheets for one person."""

from __future__ import annotations

import re
import time
import unicodedata
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.outgoing_calls import Elsewhere
from commands.kit import blocks
from commands.kit.contract import Block, Image, Refused, Sheet
from commands.kit.i18n import _
from commands.kit.wording.column_words import column
from storage.data.files.formats.xlsx.xlsx_writing import xlsx

# Slack shows a picture once it has recognised it, which takes a moment
LOOKS, LOOK_EVERY = 20, 0.15


def picture_block(client: WebClient, picture: Image) -> Block:
    """Return the block that shows a picture; if Slack refuses the file, a line that reports it."""
    try:
        file = _upload(client, picture.png, f"{_name(picture.title)}.png", picture.title, alt_txt=picture.alt)
        _wait_until_known(client, file)
    except (SlackApiError, OSError) as error:
        return blocks.note(_("The picture could not be shown: {why}.").format(why=_why(error)))
    return {
        "type": "image",
        "slack_file": {"id": file},
        "alt_text": blocks.cut(picture.alt, 2000),
        "title": blocks.plain(picture.title, 2000),
    }


def send_sheet(client: WebClient, user: str, sheet: Sheet) -> None:
    """Send a sheet to somebody as an XLSX file in their direct messages.

    Raises:
        Refused: Slack refuses it, with the reason.
    """
    try:
        channel = str(client.conversations_open(users=user)["channel"]["id"])
        name = f"{_name(sheet.name)}.xlsx"
        content = xlsx([column(heading) for heading in sheet.headings], sheet.rows, stamp=sheet.stamp)
        _upload(client, content, name, sheet.name, channel=channel, initial_comment=blocks.escape(sheet.name))
    except (SlackApiError, OSError) as error:
        raise Refused(_("The file could not be sent: {why}. Please try again.").format(why=_why(error))) from error


def _upload(client: WebClient, content: bytes, name: str, title: str, **more: Any) -> str:
    uploaded: Any = client.files_upload_v2(file=content, filename=name, title=title, **more)
    return str(uploaded["files"][0]["id"])


def _wait_until_known(client: WebClient, file: str) -> None:
    for _look in range(LOOKS):
        if client.files_info(file=file)["file"].get("mimetype"):
            return
        time.sleep(LOOK_EVERY)


def _name(title: str) -> str:
    """Return a file name that every system accepts: letters of any script, digits, dashes."""
    return re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", title)).strip("-.")[:80] or "riskbot"


def _why(error: Exception) -> str:
    if isinstance(error, Elsewhere):
        return str(_("its address does not belong to Slack"))
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
