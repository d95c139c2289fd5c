"""A text with tables in it, as letters and bulletins are: blocks in their order, free of any file format."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from gkcheck.grid import Grid


class Kind(StrEnum):
    """What a paragraph is in an official document (GB/T 9704-2012, 7.3); the format gives each its type."""

    TITLE = "title"
    NUMBER = "number"
    ADDRESSEE = "addressee"
    HEADING = "heading"
    SUBHEADING = "subheading"
    BODY = "body"
    NOTE = "note"
    SIGNATURE = "signature"
    DATE = "date"


class Paragraph(NamedTuple):
    """One paragraph of text."""

    text: str
    kind: Kind = Kind.BODY


class Turn(NamedTuple):
    """From here on a new page, lying or standing; formats without pages pass over it."""

    landscape: bool


Block = Paragraph | Grid | Turn


class Document(NamedTuple):
    """Blocks in reading order. `name` is what a viewer shows as the title of the window."""

    name: str
    blocks: tuple[Block, ...]

    @property
    def grids(self) -> list[Grid]:
        """The tables alone."""
        return [block for block in self.blocks if isinstance(block, Grid)]
