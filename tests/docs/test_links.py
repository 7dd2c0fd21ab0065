"""Links of the pages lead somewhere: to a file, and to a heading of it."""

from __future__ import annotations

from tests.docs.links import anchors, broken
from tests.docs.offline import fetched
from tests.docs.pages import DOCS, name, pages


def test_every_link_within_the_clone_leads_to_a_file_and_a_heading():
    assert {name(page): broken(page) for page in pages() if broken(page)} == {}


def test_a_link_to_nothing_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One & two\n\n[a](#one--two) [b](#three) [c](none.md) [d](page.md#one)\n")
    assert anchors(page) == {"one--two"}
    assert broken(page) == ["#three", "none.md", "page.md#one"]


def test_the_index_leads_to_every_section():
    text = (DOCS / "index.md").read_text("utf-8")
    sections = {path.parent.name for path in DOCS.glob("*/*.md")}
    assert {section for section in sections if f"({section}/" not in text} == set()


def test_what_a_page_would_fetch_from_elsewhere_is_found():
    page = (
        '<a href="https://x.example/">fine</a><link rel="canonical" href="https://x.example/">'
        '<script src="//cdn.example/a.js"></script><link rel="stylesheet" href="a.css">'
        '<img src="https://x.example/a.png"><style>@import url(https://x.example/b.css)</style>'
    )
    assert fetched(page) == [
        "//cdn.example/a.js",
        "https://x.example/a.png",
        "https://x.example/b.css",
    ]
