"""Plain text and Markdown → lines. What the lines mean is found in `layout`."""

from __future__ import annotations

import codecs

from gkcheck.errors import BadDocument
from gkcheck.table import Table

NAME = "text"
_LONGEST = 50_000
_MOST = 200_000


def detect(data: bytes) -> bool:
    """Whether bytes are text in an encoding that Chinese offices use."""
    return decoded(data) is not None


def decoded(data: bytes) -> str | None:
    """Bytes as text: UTF-8 with or without BOM, UTF-16 with BOM, else GB18030; None where they are no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def read(data: bytes, name: str) -> list[Table]:
    """The lines of a text, one a row."""
    text = decoded(data)
    if text is None:
        raise BadDocument(f"{name} 不是文字文件；请另存为 UTF-8 文本、docx 或 xlsx 再导入。")
    return lines_grid(text.splitlines(), name)


def lines_grid(lines: list[str], name: str, first: int = 1) -> list[Table]:
    """Lines as one grid still to be laid out; refused where there are too many or one is too long to be a notice."""
    if len(lines) > _MOST:
        raise BadDocument(f"{name} 有 {len(lines)} 行，不像一份通知；请只保留任务表再导入。")
    longest = max(range(len(lines)), key=lambda i: len(lines[i]), default=0)
    if lines and len(lines[longest]) > _LONGEST:
        raise BadDocument(
            f"{name} 第 {longest + first} 行有 {len(lines[longest])} 个字，不像一份通知；请另存为 docx 或 xlsx 再导入。"
        )
    if not lines:
        return []
    return [
        Table(
            rows=tuple((line,) for line in lines),
            kind="lines",
            places=tuple(f"第{i}行" for i in range(first, first + len(lines))),
        )
    ]
