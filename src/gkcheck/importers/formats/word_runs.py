"""The runs of a Word paragraph: what shows as its text, and what is hidden, struck, deleted or printed elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gkcheck.importers.formats.ooxml import Package, attribute, children, first, local
from gkcheck.importers.formats.word_styles import WordStyles
from gkcheck.text.characters import ANNOTATION

_SKIPPED = frozenset({"moveFrom", "Fallback", "instrText", "pPr", "rPr", "rubyPr", "tblPr", "tcPr", "trPr"})
_NOTES = {"footnoteReference": ("footnotes", "footnote", "脚注"), "endnoteReference": ("endnotes", "endnote", "尾注"),
          "commentReference": ("comments", "comment", "批注")}  # fmt: skip
"""A reference → the part it points into, the elements there, their name."""

_LINK_FIELD = re.compile(r'HYPERLINK\s+"([^"\s]+)"')
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "p": "\n"}


@dataclass(slots=True)
class Shown:
    """A paragraph as it shows.

    `notes`: text and kind of each; `boxes`: contents of text boxes anchored in it; `links`: where hyperlinks lead.
    """

    text: str = ""
    hidden: str = ""
    struck: str = ""
    deleted: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    objects: int = 0
    pictures: int = 0


class WordRuns:
    """Reads the paragraphs of one document."""

    def __init__(self, package: Package, main: str, styles: WordStyles) -> None:
        self._package, self._main, self._styles = package, main, styles
        self._links = package.links(main)
        self._parts: dict[str, dict[str, str]] = {}

    def read(self, paragraph: Any) -> Shown:
        """Return a paragraph as it shows."""
        out = Shown()
        style = attribute(first(paragraph, "pPr", "pStyle"), "val")
        pieces: dict[str, list[str]] = {"text": [], "hidden": [], "struck": [], "deleted": []}
        stack: list[tuple[Iterator[Any], str]] = [(iter(paragraph), "text")]
        while stack:
            elements, way = stack[-1]
            child = next(elements, None)
            if child is None:
                stack.pop()
                continue
            kind = local(child)
            if kind in ("t", "delText"):
                pieces[way].append(child.text or "")
            elif kind in _SIGNS:
                pieces[way].append(_SIGNS[kind])
                stack.extend([(iter(child), way)] if kind == "p" else [])
            elif kind == "sym":
                pieces[way].append(_symbol(attribute(child, "char")))
            elif kind == "ruby":
                base, reading = plain_text(first(child, "rubyBase")), plain_text(first(child, "rt"))
                pieces[way].append(ANNOTATION.format(base, reading))
            elif kind in _NOTES:
                out.notes.append((self._note(kind, attribute(child, "id") or ""), _NOTES[kind][2]))
            elif kind == "txbxContent":
                out.boxes.append(child)
            elif kind == "OLEObject":
                out.objects += 1
            elif kind in ("blip", "imagedata"):
                out.pictures += 1
            elif kind == "instrText":
                out.links += _LINK_FIELD.findall(child.text or "")
            elif kind not in _SKIPPED:
                out.links += self._links_of(kind, child)
                stack.append((iter(child), self._way(kind, child, style, way)))
        out.text, out.hidden, out.struck, out.deleted = ("".join(texts) for texts in pieces.values())
        return out

    def _links_of(self, kind: str, element: Any) -> list[str]:
        """Return where a hyperlink leads outside the document; nothing for any other element."""
        if kind == "fldSimple":
            return _LINK_FIELD.findall(attribute(element, "instr") or "")
        target = self._links.get(attribute(element, "id") or "") if kind == "hyperlink" else None
        return [target] if target else []

    def _way(self, kind: str, element: Any, paragraph_style: str | None, way: str) -> str:
        """Return the way in which the text of an element shows."""
        if way != "text":
            return way
        if kind == "del":
            return "deleted"
        if kind != "r":
            return way
        settings = first(element, "rPr")
        if self._styles.shows("vanish", settings, paragraph_style):
            return "hidden"
        struck = any(self._styles.shows(name, settings, paragraph_style) for name in ("strike", "dstrike"))
        return "struck" if struck else way

    def _note(self, reference: str, key: str) -> str:
        part, element, _ = _NOTES[reference]
        if part not in self._parts:
            root = self._package.only(self._main, part)
            self._parts[part] = {attribute(one, "id") or "": plain_text(one) for one in children(root, element)}
        return self._parts[part].get(key, "")

    def target_of(self, key: str) -> str:
        """Return the name of the part that a relationship of the document leads to; empty where it has none."""
        return next((one.target.rpartition("/")[2] for one in self._package.related(self._main) if one.id == key), "")


def plain_text(element: Any) -> str:
    """Return all the text inside an element, paragraphs as lines."""
    out: list[str] = []
    for child in element.iter() if element is not None else ():
        kind = local(child)
        if kind == "t":
            out.append(child.text or "")
        elif kind == "p" and out:
            out.append("\n")
    return "".join(out)


def _symbol(code: str | None) -> str:
    """Return the character of a symbol font; it has a code of the private use area, and so is named as damage."""
    try:
        return chr(int(code or "", 16))
    except (ValueError, OverflowError):
        return "\ufffd"
