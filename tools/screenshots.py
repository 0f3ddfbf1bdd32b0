"""The pictures in docs/pictures/, made from the sandbox: python tools/screenshots.py"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"

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

DESPERATE = "I can't do this any more. I'm going to end my life tonight."


@contextmanager
def sandbox() -> Iterator[str]:
    """A sandbox on a free port; gives its address."""
    with tempfile.TemporaryDirectory() as elsewhere:
        # Away from a .env with a real token, which the sandbox refuses to stand beside.
        environ = {name: value for name, value in os.environ.items() if not name.startswith("DISCORD_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "sandbox", "--port", "0"],
            cwd=elsewhere,
            env=environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            if not address:
                raise SystemExit("The sandbox did not start.")
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(10)


def main() -> int:
    """Take every picture anew."""
    if CHROMIUM is None:
        sys.stderr.write("No Chromium was found; install one and try again.\n")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sandbox() as address, sync_playwright() as play, tempfile.TemporaryDirectory() as profile:
        browser = play.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=QUIET, viewport={"width": 1200, "height": 900}
        )
        page = browser.pages[0]
        page.set_default_timeout(15_000)
        page.goto(address)
        take(page)
        browser.close()
    return 0


def take(page: Page) -> None:
    """From the door to the alert, in the order somebody would live it."""
    view = page.frame_locator("#view")
    go(page, view, "ivy", "evening-circle")
    door = message(view, "A note about this channel")
    picture(page, "door", door)
    door.get_by_role("button", name="I need someone").click()
    picture(page, "support", message(view, "You are not alone with this"))

    go(page, view, "sam", "evening-circle")
    view.locator("#channel-composer-input").fill(DESPERATE)
    view.get_by_role("button", name="Send").click()
    message(view, DESPERATE).wait_for()

    go(page, view, "mia", "moderators")
    alert = message(view, "Case 3")
    page.set_viewport_size({"width": 1200, "height": 1150})
    settle(page)
    page.get_by_role("complementary", name="Sandbox").evaluate("side => side.scrollTo(0, 0)")
    page.screenshot(path=PICTURES / "sandbox.png")
    picture(page, "alert", alert)

    go(page, view, "ana", "moderators")
    view.locator("#channel-composer-input").press_sequentially("/setup")
    view.get_by_role("option", name="/setup").first.click()
    page.keyboard.press("Enter")
    page.set_viewport_size({"width": 1200, "height": 1500})
    picture(page, "setup", message(view, "Set up Talking Piece"), 760)


def go(page: Page, view: FrameLocator, person: str, channel: str) -> None:
    """Look at a channel as somebody."""
    page.get_by_label("Look as").select_option(person)
    page.get_by_role("navigation", name="Channels").get_by_role("button", name=channel).click()
    view.get_by_role("heading", name=channel).wait_for()
    settle(page)


def message(view: FrameLocator, words: str) -> Locator:
    """The newest message that says this."""
    talk = view.get_by_role("region", name="Conversation")
    return talk.locator("[data-message-id]", has_text=words).last


def settle(page: Page) -> None:
    """Wait until names, pictures and letters are drawn."""
    page.wait_for_timeout(1500)


def picture(page: Page, name: str, shown: Locator, width: float = 640) -> None:
    """A tight picture of one message."""
    shown.scroll_into_view_if_needed()
    settle(page)
    box = shown.bounding_box()
    if box is None:
        raise SystemExit(f"There is nothing to take a picture of: {name}")
    wide = min(box["width"], width)
    clip = {"x": box["x"], "y": max(box["y"] - 8, 0), "width": wide, "height": box["height"] + 16}
    page.screenshot(path=PICTURES / f"{name}.png", clip=clip)


if __name__ == "__main__":
    sys.exit(main())
