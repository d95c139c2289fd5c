"""A Word template of the office's own, filled by docxtpl: texts at marked places, whole parts in our layout.

The marks are a closed little language, checked before anything is filled: {{ 标题 }}, loops over the rows of the list,
conditions. A template can call nothing and compute nothing, so that one from elsewhere does no harm. This module is
imported where a template is used, and nowhere else: it loads python-docx, docxtpl and jinja2.
"""

from __future__ import annotations

import copy
import io
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from gkcheck.errors import BadDocument
from gkcheck.exporters.docx import write_blocks
from gkcheck.exporters.docx_styles import (
    STANDING,
    add_styles,
    number_pages,
    prepare_styles,
    set_page,
    tell_origin,
)
from gkcheck.exporters.registry import Advance, idle
from gkcheck.table import Block, Document, Paragraph, ParagraphKind
from gkcheck.text.escapes import xml_text
from gkcheck.text.similarity import nearest

_TEXTS = {
    "标题": ParagraphKind.TITLE,
    "编号": ParagraphKind.NUMBER,
    "主送": ParagraphKind.ADDRESSEE,
    "署名": ParagraphKind.SIGNATURE,
    "日期": ParagraphKind.DATE,
}
"""The marks that are replaced by the text of a kind of paragraph."""

BODY, CLOSING, AFTER = "正文", "落款", "附后"
"""The marks that are replaced by whole parts: what stands before name and date, these two, what stands after them."""

ROWS = "逐项"
"""The mark of a loop over the rows of the list."""

_LOOP = frozenset({"index", "first", "last"})
_MOST_MARKS = 300
"""The most marks in a part of a template: docxtpl may read the part once for each."""


LETTER_MARKS = ("单位", "事由", "回复期限", "联系人", "电话", "单位联系人", "单位电话")
"""The further marks of a letter: `Document.fields` of `views.letters`."""

COPIES = "抄送"
"""The further mark of a bulletin: where a template has a place for it, it stands only there."""

_LAYOUT = {
    "标题": ParagraphKind.TITLE,
    "编号": ParagraphKind.NUMBER,
    "主送": ParagraphKind.ADDRESSEE,
    BODY: ParagraphKind.BODY,
    CLOSING: ParagraphKind.BODY,
    AFTER: ParagraphKind.BODY,
}


def layout() -> bytes:
    """Return our own layout as a template: every mark of it in a paragraph of its style."""
    import docx

    word = docx.Document()
    prepare_styles(word)
    add_styles(word)
    set_page(word.sections[0], False, STANDING)
    number_pages(word)
    write_blocks(word, [Paragraph(f"{{{{{mark}}}}}", kind) for mark, kind in _LAYOUT.items()], False, idle)
    tell_origin(word, "", None)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def marks(of_letter: bool) -> list[str]:
    """Return the marks that a template of a letter or of a bulletin may hold."""
    return [*_TEXTS, *(LETTER_MARKS if of_letter else (COPIES,)), BODY, CLOSING, AFTER]


class Filled(NamedTuple):
    """A filled template, the parts of the document that it has no place for, and its marks that nothing was known for."""

    data: bytes
    left_out: list[str]
    empty: list[str]


class _Content(NamedTuple):
    """The parts that a document has for the marks of a template."""

    texts: dict[str, str]
    parts: dict[str, list[Block]]
    rows: list[dict[str, str]]

    @property
    def marks(self) -> list[str]:
        return [*self.texts, *self.parts]


def fill(template: bytes, name: str, document: Document, advance: Advance = idle) -> Filled:
    """Return a document in the office's own template; `name` is what refusals call the template.

    `advance` is called for every row below the header of a table.

    Raises:
        BadDocument: the template is no Word document, its marks are wrong, or it has no place for the body or the annexes.
    """
    content = _content_of(document)
    try:
        return _fill(_Template(io.BytesIO(template)), content, document, advance)
    except _BadMark as error:
        raise BadDocument(f"模板 {name}：{error}") from None
    except (BadDocument, MemoryError):
        raise
    except Exception as error:  # python-docx, docxtpl and jinja2 raise a dozen kinds on what they cannot read
        raise BadDocument(
            f"模板 {name} 读不了：不是完好的 Word 文档（.docx），请用 gkcheck template 写一份，在它上面修改"
        ) from error


class _BadMark(Exception):
    """A mistake in a template: what, where, and the remedy."""


class _Template(DocxTemplate):  # type: ignore[misc]  # docxtpl has no types
    """A template that is filled whole or not at all."""

    def fix_tables(self, xml: str) -> Any:
        """Refuse what docxtpl would mend by leaving text out: marks that part an element."""
        try:
            parse_xml(xml)
        except SyntaxError:
            raise _BadMark(
                "循环或条件的开头和结尾不在同一层，请让它们各占一段（{%p … %}）或各占一行表格（{%tr … %}）"
            ) from None
        return super().fix_tables(xml)

    def render_properties(self, *_: object) -> None:
        """Leave them: the properties of the file are those of the document."""


def _content_of(document: Document) -> _Content:
    """Return a document by the marks of a template."""
    paragraphs = [block for block in document.blocks if isinstance(block, Paragraph)]
    texts = {
        mark: "\n".join(xml_text(block.text) for block in paragraphs if block.kind is kind)
        for mark, kind in _TEXTS.items()
    }
    texts |= {mark: xml_text(text) for mark, text in document.fields}
    closing = (ParagraphKind.SIGNATURE, ParagraphKind.DATE)
    ends = [isinstance(block, Paragraph) and block.kind in closing for block in document.blocks]
    first = ends.index(True) if True in ends else len(ends)
    after = first + sum(ends)
    apart = [ParagraphKind.TITLE, ParagraphKind.NUMBER, ParagraphKind.ADDRESSEE]
    body = [block for block in document.blocks[:first] if not (isinstance(block, Paragraph) and block.kind in apart)]
    parts = {BODY: body, CLOSING: list(document.blocks[first:after]), AFTER: list(document.blocks[after:])}
    return _Content(texts, parts, _rows_of(document))


def _rows_of(document: Document) -> list[dict[str, str]]:
    listing = document.listing
    if listing is None:
        return []
    titles = [column.title for column in listing.columns]
    return [
        {"序号": str(n)} | {title: xml_text(cell or "") for title, cell in zip(titles, row, strict=True)}
        for n, row in enumerate(listing.rows[listing.header :], 1)
    ]


def _fill(template: _Template, content: _Content, document: Document, advance: Advance) -> Filled:
    template.init_docx()
    used = _used_marks(template, content)
    if not used[BODY] and not used[ROWS]:
        more = f"或对 {ROWS} 的循环" if content.rows else ""
        raise _BadMark(f"没有 {{{{{BODY}}}}}{more}，内容没有地方写；请让 {{{{{BODY}}}}} 单独占一段")
    if content.parts[AFTER] and not used[AFTER]:
        raise _BadMark(f"没有 {{{{{AFTER}}}}}，附件没有地方写；请在落款之后让 {{{{{AFTER}}}}} 单独占一段")
    if used[COPIES]:
        told = f"{COPIES}：{dict(document.fields)[COPIES]}"
        content.parts[AFTER] = [block for block in content.parts[AFTER] if getattr(block, "text", None) != told]
    tokens = _claim_places(template, content, used)
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    template.render({**content.texts, **tokens, ROWS: content.rows}, environment)
    word = template.docx
    add_styles(word)
    written = {
        mark
        for mark, token in tokens.items()
        if token and _write_part(word, token, content.parts[mark], document.sealed, advance)
    }
    tell_origin(word, document.name, document.origin)
    out = io.BytesIO()
    word.save(out)
    covered = {CLOSING: used["署名"] and used["日期"], BODY: used[ROWS]}
    left_out = [mark for mark, held in content.parts.items() if held and mark not in written and not covered.get(mark)]
    for mark in (BODY, AFTER):
        if mark in left_out:
            raise _BadMark(f"{{{{{mark}}}}} 在一个不成立的条件里，内容没有写入；请把它放到条件外面")
    left_out += [mark for mark in ("标题", "编号", "主送") if content.texts[mark] and not used[mark]]
    empty = [mark for mark in content.texts if used[mark] and not content.texts[mark]]
    return Filled(out.getvalue(), left_out, empty)


# -- marks ----------------------------------------------------------------------------------------------


def _parts_of(template: _Template) -> Iterator[str]:
    """Yield the XML of every part that docxtpl fills: body, headers, footers, footnotes."""
    yield template.get_xml()
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _, part in template.get_headers_footers(uri):
            yield template.get_part_xml(part)
    for part in template.docx.part.package.iter_parts():
        kind = part.content_type.rpartition(".")[2]
        if kind == "footnotes+xml":
            yield part.blob.decode("utf-8")
        elif kind in ("endnotes+xml", "comments+xml") and (b"{{" in part.blob or b"{%" in part.blob):
            raise _BadMark("尾注或批注里有标记，填不了；请移到正文、页眉、页脚或脚注里")


def _used_marks(template: _Template, content: _Content) -> Counter[str]:
    """Return how often each mark is used; refuse the template at its first mistake."""
    used: Counter[str] = Counter()
    environment = SandboxedEnvironment(autoescape=True)
    for xml in _parts_of(template):
        if wide := re.search("｛[｛{%％]|{[｛％]", _plain(xml)):
            raise _BadMark(f"标记“{wide[0]}”用了全角的括号，请改成半角的 {{{{ }}}}")
        if xml.count("{") > 4 * _MOST_MARKS:
            raise _BadMark(f"花括号太多，最多 {_MOST_MARKS} 处标记；请删去不用的")
        source = re.sub(r"<w:p([ >])", r"\n<w:p\1", template.patch_xml(xml))
        lines = source.split("\n")
        try:
            tree = environment.parse(source)
        except RecursionError:
            raise _BadMark("花括号一层套一层；请写成 {{名称}}") from None
        except TemplateSyntaxError as error:
            raise _BadMark(
                f"标记写得不对{_where(lines, error.lineno)}：括号或 for、if 与 endfor、endif 没有成对"
            ) from None
        for node, scope in _nodes(tree, {}):
            mistake = _mistake(node, scope, content)
            if mistake:
                raise _BadMark(f"{mistake}{_where(lines, node.lineno)}")
            if isinstance(node, nodes.Name):
                used[node.name] += 1
    return used


Scope = Mapping[str, frozenset[str]]
"""The variables of the loops around a node, each with the names that may stand after its dot."""


def _nodes(node: nodes.Node, scope: Scope) -> Iterator[tuple[nodes.Node, Scope]]:
    """Yield a node and those within it, each with its scope; the name before a dot and that of a loop only with these."""
    yield node, scope
    if isinstance(node, nodes.For):
        yield node.iter, scope
        inner = {**scope, "loop": _LOOP}
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = frozenset()
        children: Sequence[nodes.Node] = node.body
    else:
        inner = dict(scope)
        children = [] if isinstance(node, nodes.Getattr) else list(node.iter_child_nodes())
    for child in children:
        yield from _nodes(child, inner)


_PLAIN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.If, nodes.Not, nodes.And, nodes.Or,
          nodes.Compare, nodes.Operand)  # fmt: skip


def _mistake(node: nodes.Node, scope: Scope, content: _Content) -> str | None:
    """Return what is wrong with a node by itself; None where nothing is."""
    if isinstance(node, _PLAIN):
        return None
    if isinstance(node, nodes.Name):
        return _wrong_name(node.name, scope, content)
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name in scope:
        item = node.node.name
        known = scope[item] or frozenset(content.rows[0] if content.rows else ())
        return None if node.attr in known else _unknown(f"{item}.{node.attr}", [f"{item}.{one}" for one in known])
    if isinstance(node, nodes.For) and not (scope or node.else_ or node.test or node.recursive):
        over = isinstance(node.iter, nodes.Name) and node.iter.name == ROWS
        if over and isinstance(node.target, nodes.Name) and content.rows:
            return None
    return f"只能用 {{{{名称}}}}、{{%p if 名称 %}} 和{'' if content.rows else '（催办单里）'} {{%tr for 项 in {ROWS} %}} 这几种标记，有一处不是"


def _wrong_name(name: str, scope: Scope, content: _Content) -> str | None:
    if name in content.parts and scope:
        return f"{{{{{name}}}}} 不能放在循环里"
    if name in content.marks or (name == ROWS and content.rows):
        return None
    return _unknown(name, content.marks)


def _unknown(name: str, known: Sequence[str]) -> str:
    near = nearest(name, known)
    hint = f"，是不是 {{{{{near[0]}}}}}" if near else f"，可用的有 {'、'.join(known)}"
    return f"没有 {{{{{name}}}}} 这个标记{hint}"


def _plain(xml: str) -> str:
    return re.sub(r"<[^<>]*>", "", xml)


def _where(lines: Sequence[str], number: int) -> str:
    text = _plain(lines[number - 1]).strip() if 0 < number <= len(lines) else ""
    return f"（在“{text[:30]}{'…' if len(text) > 30 else ''}”这一处）" if text else ""


# -- whole parts ----------------------------------------------------------------------------------------


def _claim_places(template: _Template, content: _Content, used: Counter[str]) -> dict[str, str]:
    """Return for the mark of each part a token that stands for it until it is written; none for a part that is empty.

    Raises:
        _BadMark: a mark of a part stands twice, or not in a paragraph of its own.
    """
    tokens = dict.fromkeys(content.parts, "")
    places = {
        mark: [p for p in template.docx.element.body.iterchildren(qn("w:p")) if _is_mark(p, mark)] for mark in tokens
    }
    for mark, found in places.items():
        if used[mark] > len(found) or len(found) > 1:
            reason = "只能有一处" if len(found) > 1 else "要单独占一段，不能放在表格、文本框、页眉页脚或别的文字中间"
            raise _BadMark(f"{{{{{mark}}}}} {reason}")
        if content.parts[mark]:
            tokens[mark] = secrets.token_hex(16)
        else:
            for paragraph in found:
                paragraph.getparent().remove(paragraph)
    return tokens


def _text_of(paragraph: Any) -> str:
    return "".join(text.text or "" for text in paragraph.iter(qn("w:t")))


def _is_mark(paragraph: Any, mark: str) -> bool:
    text = _text_of(paragraph).strip()
    return text.startswith("{{") and text.endswith("}}") and text[2:-2].strip() == mark


def _write_part(word: Any, token: str, blocks: Sequence[Block], sealed: bool, advance: Advance) -> bool:
    """Write blocks in the place of the paragraph that holds the token; False where there is none.

    What follows the place is taken off meanwhile, and the section of the place made the last one: so the blocks are
    appended as to any document, with the page of that section.
    """
    body = word.element.body
    place = next((p for p in body.iterchildren(qn("w:p")) if _text_of(p).strip() == token), None)
    if place is None:
        return False
    last = body.sectPr
    following = [element for element in place.itersiblings() if element is not last]
    ending = next(
        (element for element in [place, *following] if element.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None),
        None,
    )
    for element in [place, *following]:
        body.remove(element)
    if ending is None:
        write_blocks(word, blocks, sealed, advance)
    else:
        section = ending.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
        body.replace(last, copy.deepcopy(section))
        write_blocks(word, blocks, sealed, advance)
        section.getparent().replace(section, copy.deepcopy(body.sectPr))
        body.replace(body.sectPr, last)
        if ending is place:
            for run in place.findall(qn("w:r")):
                place.remove(run)
            following.insert(0, place)
    for element in following:
        body.insert(len(body) - 1, element)
    return True
