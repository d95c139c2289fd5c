"""OOXML files as packages: the one guard of ZIP and XML, for notices and for forms that come back."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from posixpath import normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck.errors import BadDocument
from gkcheck.importers.formats.blocks import too_deep

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True, slots=True)
class PackageGuard:
    """Reads packages within bounds, without entities or network.

    Its refusals begin with `subject`, which names the file or is empty, and end with `remedy`.
    """

    subject: str
    remedy: str
    most_parts: int = 5_000
    most_unpacked: int = 200_000_000
    most_part: int = 40_000_000
    most_marks: int = 100_000_000
    """The elements and attributes of all parts read at once, counted by their signs `<` and `=`: what a tree takes."""

    def read(self, data: bytes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of every XML part whose name is `wanted`, in the order of the package.

        Raises:
            BadDocument: The package is damaged, encrypted, too big once unpacked, or declares XML entities.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                parts = package.infolist()
                if len(parts) > self.most_parts or sum(part.file_size for part in parts) > self.most_unpacked:
                    raise self._too_big()
                marks = 0
                for part in parts:
                    if wanted(plain_name(part.filename)):
                        content = self._content(package, part)
                        marks += content.count(b"<") + content.count(b"=")
                        if marks > self.most_marks:
                            raise self._too_big()
                        yield plain_name(part.filename), content
        except (BadDocument, MemoryError):
            raise
        except Exception as error:  # zipfile raises a dozen kinds on damaged files
            raise self.damaged() from error

    def _content(self, package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
        if part.flag_bits & 1:
            raise BadDocument(f"{self.subject}有密码，请去掉密码，另存后再试")
        with package.open(part) as opened:
            content = opened.read(self.most_part + 1)
        if len(content) > self.most_part:
            raise self._too_big()
        flat = content.replace(b"\0", b"")
        if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
            raise self._entities()
        if _CROWDED.search(flat):
            raise self._too_big()
        declared = _ENCODING.match(flat)
        if declared and declared[1].lower() not in _READABLE:
            raise self.damaged()
        return content

    def tree(self, content: bytes) -> _Element:
        """Return an XML part as a tree.

        Raises:
            BadDocument: It is no XML, is nested beyond reason, or declares a document type.
        """
        from lxml import etree

        if not content.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
            raise self.damaged()
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            if self.subject and "depth" in str(error).lower():
                raise too_deep(self.subject.strip()) from error
            raise self.damaged() from error
        if root.getroottree().docinfo.doctype:
            raise self._entities()
        return root

    def damaged(self) -> BadDocument:
        """Return the refusal of a file that is not whole."""
        return BadDocument(f"{self.subject}已损坏或不完整，读不了；{self.remedy}")

    def _too_big(self) -> BadDocument:
        return BadDocument(f"{self.subject}解开后大得不正常，疑似压缩炸弹，不予读取；{self.remedy}")

    def _entities(self) -> BadDocument:
        return BadDocument(f"{self.subject}含有 XML 实体声明，可能有害，不予读取；{self.remedy}")


_ENCODING = re.compile(rb"[^<]{0,8}<\?xml\b[^<>]{0,99}?\bencoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9._:-]{1,40})")
_READABLE = frozenset(
    {b"utf-8", b"utf8", b"utf-16", b"utf-16le", b"utf-16be", b"us-ascii", b"iso-8859-1", b"gb2312", b"gbk", b"gb18030"}
)
"""The encodings of parts that are read: in them `<` and `=` are what they seem, so that elements can be counted.

The standard demands UTF-8 or UTF-16. In UTF-7 and EBCDIC a part could hide from every check what a parser then finds."""


_CROWDED = re.compile(rb"<(?:[^<=]*=){2000}")
"""An element with more attributes than any program writes: libxml2 takes the square of their number."""


def plain_name(name: str) -> str:
    """Return the name of a part with forward slashes; some programs write backslashes, or one slash before it."""
    return name.replace("\\", "/").lstrip("/")


class Relationship(NamedTuple):
    """A relationship of a part: its id, the last word of its type, the part it leads to."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Package:
    """A package: its XML parts, found by their names or by the relationships between them (ECMA-376, part 2)."""

    guard: PackageGuard
    data: bytes

    def part(self, name: str) -> bytes | None:
        """Return one XML part; None where the package has none of that name."""
        content = None
        for _, content in self.guard.read(self.data, lambda other: other.lower() == name.lower()):  # noqa: B007 - the last counts
            pass
        return content

    def tree(self, name: str) -> _Element | None:
        """Return one XML part as a tree; None where there is none, or an empty one."""
        content = self.part(name)
        return self.guard.tree(content) if content else None

    def related(self, name: str, kind: str | None = None) -> list[Relationship]:
        """Return the relationships of a part, or of the package itself (an empty name), in their order.

        `kind` is the last word of their type, which is the same in transitional and strict packages: styles.
        """
        folder, _, base = name.rpartition("/")
        out = []
        for one in children(self.tree(f"{folder}/_rels/{base}.rels".lstrip("/")), "Relationship"):
            target = attribute(one, "Target") or ""
            path = "/" + plain_name(target) if target.startswith(("/", "\\")) else f"/{folder}/{plain_name(target)}"
            found = Relationship(
                attribute(one, "Id") or "",
                (attribute(one, "Type") or "").rpartition("/")[2],
                normpath(path).lstrip("/"),
            )
            if kind in (None, found.kind) and attribute(one, "TargetMode") != "External":
                out.append(found)
        return out

    def links(self, name: str) -> dict[str, str]:
        """Return the addresses outside the package that a part leads to, by the ids of its relationships."""
        folder, _, base = name.rpartition("/")
        found = children(self.tree(f"{folder}/_rels/{base}.rels".lstrip("/")), "Relationship")
        return {
            attribute(one, "Id") or "": attribute(one, "Target") or ""
            for one in found
            if attribute(one, "TargetMode") == "External" and (attribute(one, "Type") or "").endswith("/hyperlink")
        }

    def only(self, name: str, kind: str) -> _Element | None:
        """Return the one part that a part is related to in this way, or that lies beside it under the name of the kind.

        Returns:
            The part as a tree; None where there is none.
        """
        beside = f"{name.rpartition('/')[0]}/{kind}.xml".lstrip("/")
        return self.tree(next((found.target for found in self.related(name, kind)), beside))


def main_part(data: bytes, root: str, usual: str) -> str | None:
    """Return the name of the main part of a package, by its relationship; None where its root is not called `root`.

    `usual` is its name in a package without relationships.
    """
    if data[:2] != b"PK":
        return None
    package = Package(notice_guard(""), data)
    try:
        found = [one.target for one in package.related("", "officeDocument")]
        name = found[0] if found else usual
        content = package.part(name)
    except BadDocument:
        return usual if usual in part_names(data) else None
    opened = re.search(rb"<(?:\w{1,40}:)?(\w{1,40})[\s/>]", (content or b"")[:20_000].replace(b"\0", b""))
    return name if opened and opened[1].decode("ascii", "replace") == root else None


def notice_guard(name: str) -> PackageGuard:
    """Return the guard of a notice; `name` is what messages call the file."""
    return PackageGuard(f"{name} ", "请用办公软件打开修复后另存再导入。")


def is_xml(name: str) -> bool:
    """True if a part of a package holds XML, by its name."""
    return name.lower().endswith((".xml", ".rels", ".vml"))


def part_names(data: bytes) -> list[str]:
    """Return the names of the parts of a ZIP package; empty where the bytes are none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return [plain_name(name) for name in package.namelist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return []


def local(element: Any) -> str:
    """Return the name of an element without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


THROUGH = frozenset({"sdt", "sdtContent", "customXml", "ins", "smartTag", "moveTo", "AlternateContent", "Choice"})
"""Elements that only wrap others: content controls, insertions."""


def children(element: _Element | None, *path: str) -> Iterator[_Element]:
    """Yield the children reached by local names, looking through wrappers."""
    for child in element if element is not None else ():
        kind = local(child)
        if kind == path[0] and len(path) == 1:
            yield child
        elif kind == path[0]:
            yield from children(child, *path[1:])
        elif kind in THROUGH:
            yield from children(child, *path)


def first(element: _Element | None, *path: str) -> _Element | None:
    """Return the first child reached by local names."""
    return next(children(element, *path), None)


def attribute(element: _Element | None, key: str) -> str | None:
    """Return an attribute by its local name, whatever its namespace; None where there is none."""
    named = element.attrib.items() if element is not None else ()
    return next((str(value) for name, value in named if str(name).rpartition("}")[2] == key), None)


def whole_number(text: str | None, otherwise: int) -> int:
    """Return the number of an attribute; `otherwise` where it is none."""
    return int(text) if text and text.isdecimal() and len(text) < 6 else otherwise
