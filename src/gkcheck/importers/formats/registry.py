"""The formats that can be imported, and the refusal of everything else. A format is known by its bytes.

To add one, write a module here that ends in `FORMAT = Format(…)` and list it in FORMATS. A format of another package
(`plugins`) is asked first for files with its suffix, where that is none of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gkcheck.errors import BadDocument, BadRequest
from gkcheck.importers.formats import delimited, docx, html, pdf, text, xlsx
from gkcheck.importers.formats.blocks import Block, Format, refuse_huge
from gkcheck.importers.formats.ooxml import notice_guard, part_names
from gkcheck.plugins import IMPORTERS, guarded, load_format, plugins

FORMATS = (docx.FORMAT, xlsx.FORMAT, pdf.FORMAT, html.FORMAT, delimited.FORMAT, text.FORMAT)
"""Every format, the most certain to recognise first."""

LARGEST = 100_000_000
"""The most bytes of a file that is read."""

_SAVE_AS = "请用办公软件打开，另存为 docx 或 xlsx 再导入。"
_BY_SUFFIX = {
    ".doc": "旧版 Word 文档（.doc）", ".wps": "WPS 文字文档（.wps）", ".xls": "旧版 Excel 工作簿（.xls）", ".et": "WPS 表格（.et）",
    ".ppt": "旧版演示文稿（.ppt）", ".dps": "WPS 演示文稿（.dps）", ".msg": "邮件（.msg）",
}  # fmt: skip
_MAGIC = (
    (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"), (b"GIF8", "图片"), (b"BM", "图片"), (b"II*\0", "图片"), (b"MM\0*", "图片"),
    (b"{\\rtf", "RTF 文档"), (b"Rar!", "压缩包"), (b"7z\xbc\xaf", "压缩包"), (b"\x1f\x8b", "压缩包"), (b"MIME-Version", "网页归档（.mht）"),
)  # fmt: skip


class Document(NamedTuple):
    """A file as blocks in document order, and the name of its format."""

    format: str
    blocks: list[Block]


def suffixes() -> str:
    """Return the suffixes of all formats as people read them: docx、xlsx、pdf…"""
    known = [*own_suffixes(), *(plugin.suffix for plugin in plugins(IMPORTERS))]
    return "、".join(suffix.lstrip(".") for suffix in dict.fromkeys(known))


def own_suffixes() -> list[str]:
    """Return the suffixes of the formats that gkcheck itself reads."""
    return [suffix for one in FORMATS for suffix in one.suffixes]


def _plugged_in(name: str) -> Format | None:
    """Return the format that another package brings for a file's suffix, None where there is none or it is ours."""
    suffix = f".{name.rpartition('.')[2].lower()}"
    if "." not in name or suffix in own_suffixes():
        return None
    found = load_format(IMPORTERS, suffix, Format)
    if found is None:
        return None
    read_pages = found.read_pages and guarded(IMPORTERS, suffix, found.read_pages, list)
    return found._replace(
        detect=guarded(IMPORTERS, suffix, found.detect, bool),
        read=guarded(IMPORTERS, suffix, found.read, list),
        read_pages=read_pages,
    )


def read_document(data: bytes, name: str, pages: frozenset[int] | None = None) -> Document:
    """Read a file in whatever format it is.

    Args:
        name: What messages call the file; its suffix only helps to name what is refused.
        pages: The numbers of the pages to read, from 1; None for all.

    Raises:
        BadDocument: The file is empty, too big, damaged, or of a format that is not read.
        ImportError: Its format needs a library that is missing or broken.
        BadPlugin: Its format is another package's, and cannot be used.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise BadDocument(f"{name} 是空的；请确认导入的是责任分工表本身。")
    refuse_huge(data, name, LARGEST)
    plugged_in = _plugged_in(name)
    if plugged_in and plugged_in.detect(data):
        formats: Sequence[Format] = (plugged_in,)
    elif foreign := _foreign_format(data, name):
        raise BadDocument(f"{name} 是{foreign}，不能直接读；{_remedy(foreign)}")
    else:
        formats = FORMATS
    for one in formats:
        if one.detect(data):
            if pages is None:
                return Document(one.name, one.read(data, name))
            if one.read_pages is None:
                raise BadRequest(f"{name} 没有页码，--pages 只用于 PDF；请用 --table 选表")
            return Document(one.name, one.read_pages(data, name, pages))
    raise BadDocument(f"{name} 的格式认不出，能读的有 {suffixes()}；{_SAVE_AS}")


def _remedy(foreign: str) -> str:
    if foreign.startswith("图片"):
        return "请先识别成文字，存为 docx 或 xlsx 再导入。"
    if foreign == "压缩包":
        return "请先解压，再导入其中的文件。"
    return _SAVE_AS


def _foreign_format(data: bytes, name: str) -> str | None:
    """Return what people call a file of a format that is known but not read; None for any other."""
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _BY_SUFFIX.get(suffix, "旧版办公文档（.doc、.xls、.wps 或 .et）或加密文档")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "图片"
    for magic, label in _MAGIC:
        if data.startswith(magic) and (magic != b"BM" or b"\0" in data[:32]):
            return label
    return _foreign_package(data, name) if data.startswith(b"PK") else None


def _foreign_package(data: bytes, name: str) -> str | None:
    if any(one.in_package and one.detect(data) for one in FORMATS):
        return None
    names = part_names(data)
    if not names:
        raise notice_guard(name).damaged()
    if "OFD.xml" in names:
        return "版式文档（.ofd）"
    if "xl/workbook.bin" in names:
        return "二进制工作簿（.xlsb）"
    if "content.xml" in names and "mimetype" in names:
        return "OpenDocument 文档（.odt、.ods）"
    if any(entry.startswith("ppt/") for entry in names):
        return "演示文稿（.pptx）"
    return "压缩包"
