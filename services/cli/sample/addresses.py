"""Where the sample publisher's feeds and pages are.

All lie under one loopback address, which every client reaches. A paper's site is named `<slug>.localhost`, a name
that browsers resolve to loopback themselves, because a source is known by the host of its site.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addresses:
    port: int

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def site(self, publisher: str) -> str:
        return f"http://{publisher}.localhost:{self.port}/"

    def feed(self, publisher: str, path: str) -> str:
        return f"{self.root}/{publisher}/{path}"

    def article(self, publisher: str, slug: str) -> str:
        return f"{self.root}/{publisher}/articles/{slug}"
