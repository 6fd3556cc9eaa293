"""Take the pictures of the documents from the playground, with a real bot behind it: ``make pictures``."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from bot.house import House
from playground.hosting import Playground
from storage import policies
from tests.conftest import MANIFEST
from tests.playground.test_page import ARGUMENTS, CHROMIUM
from tests.staged import load, riskbot

TARGET = Path(__file__).parent.parent / "docs" / "pictures"
READING = "customer,indicator,as_of,value,source\nQL-03,current_ratio,{today},0.64,customer\n"


def main() -> None:
    """Play the scenes and write the pictures."""
    policy = policies.read(None)
    # the whole conversation in one channel, so that one picture shows it
    policy = policy.model_copy(update={"channels": policy.channels.model_copy(update={"approvals": "deals"})})
    with (
        tempfile.TemporaryDirectory() as place,
        Playground(place, manifest=MANIFEST) as workspace,
        riskbot(workspace, Path(place), policy) as house,
        sync_playwright() as driver,
    ):
        workspace.wait_for_bot(10)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        page = browser.new_page(viewport={"width": 1180, "height": 1100})
        _conversation(workspace, page)
        _alert(workspace, house, Path(place), page)
        _screens(workspace, page)
        browser.close()


def _conversation(workspace: Playground, page: Page) -> None:
    """A customer is looked at, a risk logged, a response proposed, and approved by somebody else."""
    ana, omar = workspace.person("ana"), workspace.person("omar")
    ana.send("deals", "Vltava Kov's biggest buyer has cancelled the framework contract.")
    ana.send("deals", "/risk show VK-01")
    ana.wait_message("deals", "Vltava Kov a.s.")
    ana.send("deals", '/risk log VK-01 credit L4 S3 X2 "lost its main buyer"')
    ana.wait_message("deals", "R-1")
    ana.send("deals", '/risk respond R-1 reduce "assign the receivables to us, monthly reporting"')
    request = omar.wait_message("deals", "waits for approval", timeout=10)
    omar.press(request, "approval.approve")
    ana.wait_message("deals", "approved", timeout=10)
    _look(page, workspace, "U0ANA", "C0DEALS")
    page.screenshot(path=TARGET / "conversation.png")


def _alert(workspace: Playground, house: House, folder: Path, page: Page) -> None:
    """An import carries an indicator over its threshold."""
    file = folder / "reading.csv"
    file.write_text(READING.format(today=datetime.now(UTC).date()), "utf-8")
    load(house.database, house.policy, "observations", file)
    mei = workspace.person("mei")
    mei.wait_message("risk-alerts", "Qinglan Pipes", timeout=10)
    _look(page, workspace, "U0OMAR", "C0ALERTS")
    _message(page).screenshot(path=TARGET / "alert.png")
    page.goto(f"{workspace.url}/?as=U0OMAR&channel=C0DIGEST")
    page.wait_for_timeout(600)
    _message(page).screenshot(path=TARGET / "digest.png")


def _screens(workspace: Playground, page: Page) -> None:
    """The book, a form, and Chinese."""
    page.set_viewport_size({"width": 1180, "height": 860})
    omar, mei = workspace.person("omar"), workspace.person("mei")
    omar.send("random", "/risk list")
    omar.wait_message("random", "40 customers")
    _look(page, workspace, "U0OMAR", "C0RANDOM")
    _message(page).screenshot(path=TARGET / "list.png")
    omar.send("random", "/risk log Vltava Kov a.s.")
    page.get_by_test_id("modal").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=TARGET / "form.png")
    mei.send("general", "/risk show QL-03")
    mei.wait_message("general", "Qinglan Pipes")
    _look(page, workspace, "U0MEI", "C0GENERAL")
    _message(page).screenshot(path=TARGET / "chinese.png")


def _look(page: Page, workspace: Playground, person: str, channel: str) -> None:
    page.goto(f"{workspace.url}/?as={person}&channel={channel}")
    page.get_by_test_id("message").last.wait_for()
    page.wait_for_timeout(600)


def _message(page: Page) -> Locator:
    return page.get_by_test_id("message").last


if __name__ == "__main__":
    main()
