"""Take the README's pictures of a running wire: `python docs/make_screenshot.py http://127.0.0.1:8000`.

Needs Playwright (in the `dev` extra) and a Chromium on PATH. Writes front-page.png, front-page-dark.png, story.png,
article.png and phone.png beside this file, or into the folder that is named as the second argument. The story is the
first of the top stories that several articles tell; without one there is no picture of it. The article is the first on
the front page that other sources tell too, else the first.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True)
class Picture:
    """`sharp` is the device's pixels for each of the page's."""

    file: str
    width: int = 1280
    height: int = 960
    scheme: Literal["light", "dark"] = "light"
    sharp: float = 1.5
    of: Literal["front", "story", "article"] = "front"


PICTURES = (
    Picture("front-page.png"),
    Picture("front-page-dark.png", scheme="dark"),
    Picture("story.png", of="story"),
    Picture("article.png", of="article"),
    Picture("phone.png", 390, 844, sharp=2),
)


@contextmanager
def tab(browser: Browser, picture: Picture) -> Iterator[Page]:
    given: dict[str, Any] = {
        "viewport": {"width": picture.width, "height": picture.height},
        "device_scale_factor": picture.sharp,
        "color_scheme": picture.scheme,
    }
    with browser.new_context(**given) as context:
        yield context.new_page()


def main(url: str, folder: Path) -> None:
    """Photograph the wire at `url` when its live stream is open."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium on PATH; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_QUIET)
        for picture in PICTURES:
            with tab(browser, picture) as page:
                page.goto(url)
                page.locator("#status", has_text="Live").wait_for()
                if picture.of == "article":
                    rich = page.locator(".headline:has(.also) h3 a").or_(page.locator(".headline h3 a"))
                    page.goto(f"{url.rstrip('/')}{rich.first.get_attribute('href')}")
                elif picture.of == "story":
                    page.goto(f"{url.rstrip('/')}/?order=momentum")
                    stories = page.locator('.headline h3 a[href^="/stories/"]')
                    if not stories.count():
                        continue
                    page.goto(f"{url.rstrip('/')}{stories.first.get_attribute('href')}")
                    page.locator("#status", has_text="Live").wait_for()
                page.screenshot(path=folder / picture.file)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) == 3 else Path(__file__).parent)
