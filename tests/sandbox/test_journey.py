"""The whole way in a browser: a desperate message, the alert, a claim, a close."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .conftest import BROKEN_OFF, Sandbox

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed on this machine"),
    BROKEN_OFF,
]


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator["playwright.Page"]:
    async with playwright.async_playwright() as play:
        browser = await play.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=QUIET,
            viewport={"width": 1200, "height": 900},
        )
        page = browser.pages[0]
        page.set_default_timeout(10_000)
        yield page
        await browser.close()


async def test_from_a_message_to_a_closed_case(sandbox: Sandbox, page):
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    await page.goto(sandbox.url)
    view = page.frame_locator("#view")
    talk = view.get_by_role("region", name="Conversation")
    await view.locator("#channel-composer-input").fill("I'm going to end my life tonight.")
    await view.get_by_role("button", name="Send").click()
    await talk.get_by_text("I'm going to end my life tonight.").wait_for()

    await page.get_by_label("Look as").select_option("mia")
    room = page.get_by_role("navigation", name="Channels").get_by_role("button", name="moderators")
    await room.filter(has_text="new").click()
    card = talk.locator("[data-message-id]", has_text="Case 3").first
    await card.get_by_text("@Sam").wait_for()
    await card.get_by_role("button", name="I'm on it").click()
    await talk.get_by_text("Thank you. You are on case 3").wait_for()

    await (
        talk.locator("[data-message-id]", has_text="Case 3")
        .get_by_role("button", name="Close…")
        .first.click()
    )
    await view.get_by_text("I reached them").click()
    await view.get_by_role("button", name="Submit").click()
    await talk.get_by_text("Case 3 is closed.").wait_for()
    await talk.get_by_text("Case 3 · closed").wait_for()
    assert await page.get_by_role("button", name="moderators").get_attribute("aria-current") == "page"

    # A link to a message stays here.
    await card.get_by_text("go to the message").click()
    await talk.get_by_text("I'm going to end my life tonight.").wait_for()
    assert page.url.startswith(sandbox.url)
    assert troubles == []
    # On a phone the lists fold away and the channel has the screen's width.
    await page.set_viewport_size({"width": 380, "height": 800})
    await page.reload()
    await view.locator("#channel-composer-input").wait_for()
    assert not await page.get_by_role("navigation", name="Channels").is_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 380
