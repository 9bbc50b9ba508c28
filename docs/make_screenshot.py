"""Take the README's picture of a running front page: `python docs/make_screenshot.py http://127.0.0.1:8000/`.

Needs Playwright (in the `dev` extra) and a Chromium on PATH. Writes docs/front-page.png, or the file that is named
as the second argument.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_SIZE = {"width": 1280, "height": 960}
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def main(url: str, target: Path) -> None:
    """Photograph the page at `url` when its live stream is open."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium on PATH; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_QUIET)
        page = browser.new_page(viewport=_SIZE, device_scale_factor=2, color_scheme="light")  # type: ignore[arg-type]
        page.goto(url)
        page.locator("#status", has_text="Live").wait_for()
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) == 3 else Path(__file__).with_name("front-page.png"))
