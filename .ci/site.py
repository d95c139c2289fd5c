"""The manual's web site: links to files outside docs/ for MkDocs, and a check of what it built.

MkDocs loads this file as a hook; `python .ci/site.py FOLDER` looks at every page of a built site.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

SITE = "https://gkcheck.github.io/gkcheck/"
SOURCE = "https://github.com/gkcheck/gkcheck/blob/main/"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Lead links that leave docs/ to where the source is published; called by MkDocs for each page."""
    return re.sub(r"\]\(\.\./", f"]({SOURCE}", markdown)


class Page(HTMLParser):
    """The addresses that a page links to, those it loads by itself, and the anchors it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value for name, value in attrs if value}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" or values.get("rel") in ("canonical", "next", "prev"):
            self.links |= {values["href"]} if "href" in values else set()
        else:
            self.loads |= {values[name] for name in ("src", "href") if name in values}


def problems(site: Path) -> list[str]:
    """Return every link within the site that leads nowhere, and everything fetched from elsewhere."""
    pages = {path.relative_to(site).as_posix(): Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    found = [f"{name}: loads {address}" for name, page in pages.items() for address in page.loads if "://" in address]
    for name, page in pages.items():
        for address in sorted(page.links | page.loads):
            whole = urlsplit(urljoin(SITE + name, address))
            inside = whole._replace(query="", fragment="").geturl().removeprefix(SITE)
            if "://" in inside or whole.scheme == "mailto":
                continue
            target = unquote(inside)
            if target == "" or target.endswith("/"):
                target += "index.html"
            anchor = unquote(whole.fragment)
            if not (site / target).is_file():
                found.append(f"{name}: {address} leads nowhere")
            elif anchor and target in pages and anchor not in pages[target].anchors:
                found.append(f"{name}: {address} has no such place")
    return found


if __name__ == "__main__":
    said = problems(Path(sys.argv[1]))
    print("\n".join(said) or "every link of the site leads somewhere, nothing is loaded from elsewhere")
    sys.exit(bool(said))
