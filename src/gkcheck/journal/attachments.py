"""Files as evidence, copied beside the journal and named by the SHA-256 of their content.

The original may be moved or changed afterwards, and any altered byte of the copy is found.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from gkcheck.atomic_files import replace, sync_directory
from gkcheck.errors import BadRequest, StoreFault, refusal
from gkcheck.journal.rights import make_folder_beside, rights_beside
from gkcheck.model import Evidence
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

MAX_BYTES = 200 << 20
"""The largest file, in bytes, that is stored."""

_CHUNK = 1 << 20


def attachment_folder(store: Path) -> Path:
    """Return the folder of a journal's attachments."""
    return store.with_name(store.name + ".evidence")


def attachment_from(path: Path) -> Evidence:
    """Return a file as evidence: its name, and the SHA-256 of its present content.

    Raises:
        BadRequest: it cannot be read, is empty or is too large.
    """
    try:
        size = path.stat().st_size
        if not size:
            raise BadRequest(f"文件 {path} 是空的，不能作为佐证")
        if size > MAX_BYTES:
            raise BadRequest(f"文件 {path} 超过 {MAX_BYTES >> 20} MB，请压缩，或放到网上后写网址")
        return Evidence("file", path.name, sha256=_digest(path))
    except OSError as error:
        raise BadRequest(f"读不了文件 {path}：{refusal(error, '请检查路径和权限')}") from None


def _digest(path: Path, write: Callable[[bytes], object] = lambda _: None) -> str:
    import hashlib

    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            write(chunk)
    return digest.hexdigest()


def store_attachment(source: Path, store: Path, sha256: str) -> None:
    """Copy a file into the folder of a journal's attachments unless it is there already; it is on disk when this returns.

    Raises:
        StoreFault: it could not be copied, or its content has another SHA-256 by now; nothing is left half-copied.
    """
    folder = attachment_folder(store)
    target = folder / sha256

    def copy(file: BinaryIO) -> None:
        if _digest(source, file.write) != sha256:
            raise StoreFault(f"文件 {source} 在复制时有变化，请待它保存完毕后重试")

    try:
        if target.is_file() and _digest(target) == sha256:
            return
        make_folder_beside(store, folder)
        replace(target, copy, rights_beside(store))
        sync_directory(folder.parent)
    except OSError as error:
        raise StoreFault(f"佐证文件 {source} 存不进 {folder}：{refusal(error, '请检查两处的权限后重试')}") from error


def attachment_fault(folder: Path, item: Evidence) -> str | None:
    """Return a sentence about a missing or altered attachment; None where its content is unaltered."""
    target = folder / (item.sha256 or "")
    try:
        if item.sha256 is None or not stat.S_ISREG(os.stat(target).st_mode):
            raise FileNotFoundError
        unaltered = _digest(target) == item.sha256
    except (FileNotFoundError, NotADirectoryError):
        return f"佐证文件“{item.value}”不在 {folder}，请从备份或原处找回，存为 {item.sha256}"
    except OSError as error:
        return f"佐证文件“{item.value}”（{target}）读不了：{refusal(error, '请检查它的权限')}"
    return None if unaltered else f"佐证文件“{item.value}”（{target}）已被改动或损坏，请从备份或原处找回"


def attachments_of(items: Iterable[Evidence]) -> list[Evidence]:
    """Return the attachments among evidence, each content once."""
    return list({item.sha256: item for item in items if item.kind == "file"}.values())
