"""PDF files: painted glyphs and ruled lines → lines of text, paragraphs and tables.

What reads them is imported where one is read: it needs pdfminer, of the extra gkcheck[pdf].
"""

from __future__ import annotations

from gkcheck.importers.formats.blocks import Block, Format


def detect(data: bytes) -> bool:
    """True if the bytes are a PDF file."""
    return b"%PDF-" in data[:1024]


def read(data: bytes, name: str, pages: frozenset[int] | None = None) -> list[Block]:
    """Return tables and paragraphs, page after page; see `reader.read`."""
    from gkcheck.importers.formats.pdf import reader

    return reader.read(data, name, pages)


FORMAT = Format("pdf", (".pdf",), "PDF", detect, read, read_pages=read)
