"""Whether a file may be read as a workbook at all: what it is instead, in words, and no bombs inside."""

from __future__ import annotations

import io
import zipfile

from gkcheck.errors import BadDocument

LARGEST = 20 << 20
"""The largest file, in bytes, that is taken for a form; a filled one has some 30 KB."""

MOST_UNPACKED = 40 << 20
_MOST_PARTS = 500

_AGAIN = "请在发下去的填报表（xlsx）上填写后交回"


def check_package(data: bytes) -> None:
    """Refuse what is no workbook, unpacks to more than any form does, or declares XML entities.

    Raises:
        BadDocument: one sentence without the file's name.
    """
    if len(data) > LARGEST:
        raise BadDocument(f"文件超过 {LARGEST >> 20} MB，不像填报表，{_AGAIN}")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadDocument("是旧格式（.xls、.et、.doc）或有密码的文件，请去掉密码，另存为 xlsx 后交回")
    if not data.startswith(b"PK"):
        raise BadDocument(
            f"是空文件，{_AGAIN}" if not data.strip() else f"不是工作簿（可能是 CSV 或别的文件），{_AGAIN}"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_parts(package)
    except BadDocument:
        raise
    except Exception as error:  # zipfile raises a dozen kinds on damaged files
        if isinstance(error, MemoryError):
            raise
        raise BadDocument(f"文件已损坏或不完整，打不开，{_AGAIN}") from None


def _check_parts(package: zipfile.ZipFile) -> None:
    infos = package.infolist()
    if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise BadDocument(f"解开后大得不正常，不予读取，{_AGAIN}")
    names = {info.filename for info in infos}
    if "xl/workbook.xml" not in names:
        raise BadDocument(f"不是 xlsx 工作簿，{_AGAIN}")
    for info in infos:
        if info.flag_bits & 1:
            raise BadDocument("有密码，请去掉密码后另存再交回")
        if info.filename.lower().endswith((".xml", ".rels", ".vml")):
            _check_xml(package.read(info))


def _check_xml(data: bytes) -> None:
    flat = data.replace(b"\0", b"")
    if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
        raise BadDocument(f"含有 XML 实体声明，可能有害，不予读取，{_AGAIN}")
