"""OOXML files as packages: which parts they have, and their XML read within bounds, without entities or network."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from gkcheck.errors import BadDocument
from gkcheck.importers.formats.blocks import too_deep

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_PART = 40_000_000
MOST_TOTAL = 200_000_000
_MOST_PARTS = 5_000


def names_in(data: bytes) -> list[str]:
    """The parts of a ZIP package; empty where the bytes are none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return package.namelist()[: _MOST_PARTS + 1]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return []


def part(data: bytes, name: str, wanted: str, limit: int = MOST_PART) -> bytes | None:
    """One part of a package, None where there is none.

    Raises:
        BadDocument: the package is damaged, encrypted, or unpacks to more than a notice ever takes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
            if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > MOST_TOTAL:
                raise BadDocument(f"{name} 解开后过大，疑似压缩炸弹；请另存为新的 docx 或 xlsx 再导入。")
            if wanted not in package.namelist():
                return None
            info = package.getinfo(wanted)
            if info.flag_bits & 1:
                raise BadDocument(f"{name} 有密码保护；请去掉密码后另存再导入。")
            with package.open(info) as opened:
                content = opened.read(limit + 1)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        KeyError,
    ) as error:
        raise damaged(name) from error
    except Exception as error:
        if type(error).__module__ in ("zlib", "_lzma", "lzma", "bz2"):
            raise damaged(name) from error
        raise
    if len(content) > limit:
        raise BadDocument(
            f"{name} 解开后过大（{wanted} 超过 {limit // 1_000_000} MB），不像一份通知；请只保留任务表再导入。"
        )
    return content


def tree(content: bytes, name: str) -> _Element:
    """XML as a tree. Refused: a document type (entities, external references), damage, nesting beyond reason."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    refuse_doctype(content, name)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if "depth" in str(error).lower():
            raise too_deep(name) from error
        raise damaged(name) from error
    except ValueError as error:
        raise damaged(name) from error
    if root is None:
        raise damaged(name)
    if root.getroottree().docinfo.doctype:
        raise _entities(name)
    return root


def refuse_doctype(content: bytes, name: str) -> None:
    """Refuse XML that declares a document type, whatever it would be used for."""
    flat = content.replace(b"\0", b"") if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:8] else content
    if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
        raise _entities(name)


def _entities(name: str) -> BadDocument:
    return BadDocument(f"{name} 含有 XML 实体声明，可能有害，不予读取；请用办公软件打开后另存为新文件再导入。")


def damaged(name: str) -> BadDocument:
    """The refusal of a file that is not whole."""
    return BadDocument(f"{name} 已损坏或不完整，读不了；请用办公软件打开修复后另存再导入。")


def local(element: Any) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
