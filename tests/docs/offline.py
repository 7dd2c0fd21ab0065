"""`python -m tests.docs.offline SITE`: whether the site needs nothing but itself."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

_ELSEWHERE = re.compile(r"(?:[a-z]+:)?//", re.IGNORECASE)
_OF_A_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""")
_FETCHED_BY_LINK = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        address = given.get("src", "")
        if tag == "link" and _FETCHED_BY_LINK & set(given.get("rel", "").split()):
            address = given.get("href", "")
        if _ELSEWHERE.match(address):
            self.fetched.append(address)


def fetched(html: str) -> list[str]:
    """What a browser would fetch from elsewhere to show this page, or follow its style."""
    page = _Page()
    page.feed(html)
    return page.fetched + _OF_A_STYLE.findall(html)


def main(site: Path) -> int:
    """Look through a site; 1 if some page or style of it would fetch something from elsewhere."""
    files = [path for path in site.rglob("*") if path.suffix in {".html", ".css"}]
    found = {path: fetched(path.read_text("utf-8")) for path in files}
    for path, addresses in found.items():
        for address in addresses:
            print(f"{path.relative_to(site)} fetches {address}")
    print(f"{len(files)} pages and styles, {sum(map(len, found.values()))} things from elsewhere")
    return 1 if any(found.values()) or not files else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
