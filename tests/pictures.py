"""Take the pictures of the documents from the playground, with a real bot behind it: ``make pictures``."""

from __future__ import annotations

import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bot import cli
from bot.application import Application
from bot.settings import Settings
from playground.hosting import Playground
from storage.database import Database
from storage.policy import policies
from tests.conftest import MANIFEST
from tests.playground.page.window import ARGUMENTS, CHROMIUM
from tests.staged import load

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "pictures"
READING = "customer,indicator,as_of,value,source\nQL-03,current_ratio,{today},0.64,customer\n"
WIDE = {"width": 1180, "height": 860}


def main() -> None:
    """Play the scenes and write the pictures."""
    policy = policies.read(None)
    # the whole conversation in one channel, so that one picture shows it
    policy = policy.model_copy(update={"channels": policy.channels.model_copy(update={"approvals": "deals"})})
    with (
        tempfile.TemporaryDirectory() as place,
        Playground(place, manifest=MANIFEST, tour=ROOT / "bot" / "tour.json") as workspace,
        sync_playwright() as driver,
    ):
        os.environ["DATABASE_URL"] = url = f"sqlite:///{place}/riskbot.db"
        cli.main(["demo"])
        database = Database(url)
        env = Settings(
            slack_bot_token=workspace.bot_token,
            slack_app_token=workspace.app_token,
            slack_api_url=workspace.api_url,
            riskbot_audit_key="k" * 32,
        )
        application = Application(env, database, policy)
        application.start()
        try:
            workspace.wait_for_bot(10)
            # the sample's own approvals are posted first, one a second
            time.sleep(9)
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
            page = browser.new_page(viewport=WIDE)
            _tour(workspace, page)
            _conversation(workspace, page)
            _alert(workspace, application, Path(place), page)
            _answers(workspace, page)
            _screens(workspace, page)
            _home(workspace, page)
            _phone(workspace, browser)
            browser.close()
        finally:
            application.close()


def _tour(workspace: Playground, page: Page) -> None:
    """The first look, with three things to try; then they are put away."""
    workspace.person("ana").send("general", "/risk show VK-01")
    workspace.person("ana").wait_message("general", "Vltava Kov a.s.")
    _look(page, workspace, "U0ANA", "C0GENERAL")
    page.screenshot(path=TARGET / "playground.png")
    page.get_by_test_id("tour-dismiss").click()


def _conversation(workspace: Playground, page: Page) -> None:
    """A customer is looked at, a risk logged, a response proposed, and approved by somebody else."""
    page.set_viewport_size({"width": 1180, "height": 1560})
    ana, omar = workspace.person("ana"), workspace.person("omar")
    ana.send("deals", "Vltava Kov's biggest buyer has cancelled the framework contract.")
    ana.send("deals", "/risk show VK-01")
    ana.wait_message("deals", "as known")
    ana.send("deals", '/risk log VK-01 credit L4 S3 X2 "lost its main buyer"')
    logged = ana.wait_message("deals", "lost its main buyer")
    risk = next(word.strip(",.:") for word in logged["text"].split() if word.startswith("R-"))
    ana.send("deals", f'/risk respond {risk} reduce "assign the receivables to us, monthly reporting"')
    request = omar.wait_message("deals", "assign the receivables", timeout=10)
    omar.press(request, "approval.approve")
    ana.wait_message("deals", "was approved by", timeout=10)
    _look(page, workspace, "U0ANA", "C0DEALS")
    page.screenshot(path=TARGET / "conversation.png")


def _alert(workspace: Playground, application: Application, folder: Path, page: Page) -> None:
    """An import carries an indicator over its threshold; the digest of the day tells of it."""
    file = folder / "reading.csv"
    file.write_text(READING.format(today=datetime.now(UTC).date()), "utf-8")
    load(application.database, application.policy, "observations", file)
    workspace.person("mei").wait_message("risk-alerts", "Qinglan Pipes", timeout=10)
    _look(page, workspace, "U0OMAR", "C0ALERTS")
    _message(page).screenshot(path=TARGET / "alert.png")
    cli.main(["digest", "--send"])
    workspace.person("mei").wait_message("risk-digest", "actions today", timeout=15)
    page.set_viewport_size({"width": 1180, "height": 1250})
    _look(page, workspace, "U0OMAR", "C0DIGEST")
    _message(page).screenshot(path=TARGET / "digest.png")


def _answers(workspace: Playground, page: Page) -> None:
    """One picture an answer, as Omar sees it."""
    omar = workspace.person("omar")
    for name, line, said in (
        ("top", "/risk top 10", "borrowers"),
        ("list", "/risk list", "240 customers"),
        ("risks", "/risk list risks", "R-"),
        ("data", "/risk data", "findings"),
    ):
        omar.send("random", line)
        omar.wait_message("random", said)
        _look(page, workspace, "U0OMAR", "C0RANDOM")
        _message(page).screenshot(path=TARGET / f"{name}.png")
    omar.send("random", "/risk show VK-01 view=score")
    omar.wait_message("random", "Competitors' prices")
    _look(page, workspace, "U0OMAR", "C0RANDOM")
    _message(page).screenshot(path=TARGET / "score.png")
    omar.send("random", "/risk show VK-01 view=trend")
    omar.wait_message("random", "Current ratio of Vltava")
    _look(page, workspace, "U0OMAR", "C0RANDOM")
    page.wait_for_timeout(800)
    _message(page).screenshot(path=TARGET / "chart.png")


def _screens(workspace: Playground, page: Page) -> None:
    """The workspace with its tour, a form, and Chinese."""
    page.set_viewport_size(WIDE)
    omar, mei = workspace.person("omar"), workspace.person("mei")
    _look(page, workspace, "U0OMAR", "C0RANDOM")
    omar.send("random", "/risk log Vltava Kov a.s.")
    page.get_by_test_id("modal").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=TARGET / "form.png")
    mei.send("general", "/risk show QL-03")
    mei.wait_message("general", "Qinglan Pipes")
    _look(page, workspace, "U0MEI", "C0GENERAL")
    _message(page).screenshot(path=TARGET / "chinese.png")


def _home(workspace: Playground, page: Page) -> None:
    """What waits for one person."""
    page.goto(f"{workspace.url}/?as=U0ANA&channel=C0GENERAL")
    page.get_by_test_id("open-home").click()
    page.wait_for_timeout(2500)
    page.screenshot(path=TARGET / "home.png")


def _phone(workspace: Playground, browser: Browser) -> None:
    """The same on a phone, in the dark."""
    page = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme="dark")
    _look(page, workspace, "U0ANA", "C0DEALS")
    page.screenshot(path=TARGET / "phone.png")


def _look(page: Page, workspace: Playground, person: str, channel: str) -> None:
    page.goto(f"{workspace.url}/?as={person}&channel={channel}")
    page.get_by_test_id("message").last.wait_for()
    page.wait_for_timeout(700)


def _message(page: Page) -> Locator:
    return page.get_by_test_id("message").last


if __name__ == "__main__":
    main()
