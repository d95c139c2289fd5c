"""Plain text and Markdown → lines. The room `layout` finds the tables and paragraphs in them."""

from __future__ import annotations

from gkcheck.errors import BadDocument
from gkcheck.importers.formats.blocks import Block, BlockKind, Format, Line, text_block
from gkcheck.text.encodings import decode

_LONGEST = 50_000
_MOST = 200_000


def detect(data: bytes) -> bool:
    """True if the bytes are text in an encoding that Chinese offices use."""
    return decode(data) is not None


def read(data: bytes, name: str) -> list[Block]:
    """Return the lines of a text as one block; refuse too many, and one too long for a notice."""
    text = decode(data)
    if text is None:
        raise BadDocument(f"{name} 不是文字文件；请另存为 UTF-8 文本、docx 或 xlsx 再导入。")
    lines = text.splitlines()
    if len(lines) > _MOST:
        raise BadDocument(f"{name} 有 {len(lines)} 行，不像一份通知；请只保留任务表再导入。")
    longest = max(range(len(lines)), key=lambda i: len(lines[i]), default=0)
    if lines and len(lines[longest]) > _LONGEST:
        raise BadDocument(
            f"{name} 第 {longest + 1} 行有 {len(lines[longest])} 个字，不像一份通知；请另存为 docx 或 xlsx 再导入。"
        )
    return [text_block((Line(line, f"第{n}行") for n, line in enumerate(lines, 1)), BlockKind.LINES)] if lines else []


FORMAT = Format("text", (".txt", ".md"), "文本", detect, read)
