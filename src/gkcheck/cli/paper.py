"""The paper of letters and bulletins: what the office sets once for all of them, and its own Word template."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from gkcheck.cli.context import Context
from gkcheck.cli.options import REPLY_BY
from gkcheck.cli.params import Option
from gkcheck.cli.streams import talk
from gkcheck.config import NO, REPLY_DAYS, YES, read_reply_days
from gkcheck.errors import BadRequest, refusal
from gkcheck.labels import LETTER_CODE
from gkcheck.types import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    from gkcheck.exporters.registry import Advance, Exporter
    from gkcheck.table import Document
    from gkcheck.views.bulletin import Head
    from gkcheck.views.letters import LetterHead

CODE = Option("--code", metavar="代字", help="催办单的发文代字；默认“催办”")
Code = Annotated[str | None, CODE]
CONTACT = Option("--contact", metavar="姓名", help="催办单的联系人")
Contact = Annotated[str | None, CONTACT]
PHONE = Option("--phone", metavar="号码", help="催办单的联系电话")
Phone = Annotated[str | None, PHONE]
NUMBER = Option("--number", metavar="编号", help="通报的期号或文号，如 第3期")
Number = Annotated[str | None, NUMBER]
TO = Option("--to", metavar="单位", help="通报的主送单位")
To = Annotated[str | None, TO]
COPIES = Option("--copies", metavar="单位", help="通报的抄送单位")
Copies = Annotated[str | None, COPIES]
DEMAND = Option("--demand", metavar="文字", help="下一步工作要求；默认请各单位抓紧办理并反馈")
Demand = Annotated[str | None, DEMAND]
Sealed = Annotated[bool, Option("--sealed", help="落款留出盖章的位置；默认按不加盖印章排")]
TEMPLATE = Option(
    "--template", metavar="文件", help="本单位的 Word 模板，用 gkcheck template 写出后修改", completes="file"
)
TemplateFile = Annotated[Path | None, TEMPLATE]

_SUFFIX = ".docx"
_MOST_BYTES = 20 << 20
_MOST_PART = 1 << 20
"""The bytes of a template, and those of the largest of its XML parts unpacked."""

_NEW_ONE = "请用 gkcheck template 写一份，在它上面修改"

Render = Callable[["Document", "Advance"], bytes]


_LONGEST = {"to": 300, "copies": 300, "demand": 500}
"""The most letters of the settings that are no mere name."""


def one_line(text: str, name: str) -> str:
    """Return a setting without blanks at its ends; refuse one that is empty or longer than a line."""
    line = text.strip()
    most = _LONGEST.get(name.removeprefix("--").removeprefix("bulletin_"), 60)
    if not line or len(line) > most or not line.isprintable():
        raise BadRequest(f"{name} 的值应是一行文字，不超过 {most} 个字")
    return line


def is_yes(text: str) -> bool:
    """Return what 是 or 否 says."""
    if text.strip() not in (YES, NO):
        raise BadRequest(f"sealed 的值应是“{YES}”或“{NO}”，不是“{text}”；可用 gkcheck config set sealed {NO} 改正")
    return text.strip() == YES


def is_sealed(context: Context, flag: bool) -> bool:
    """Return if documents leave room for a seal: --sealed, GKCHECK_SEALED or the config."""
    return flag or is_yes(context.setting("sealed").value or NO)


def letter_head(context: Context, code: str | None, contact: str | None, phone: str | None, sealed: bool) -> LetterHead:
    """Return what was typed for all letters of a run, else what is set."""
    from gkcheck.views.letters import LetterHead

    named = _line(context, "contact", CONTACT, contact), _line(context, "phone", PHONE, phone)
    return LetterHead(letter_code(context, code), *named, is_sealed(context, sealed))


def bulletin_head(
    context: Context, number: str | None, to: str | None, copies: str | None, demand: str | None, reply_by: str | None
) -> Head:
    """Return what was typed for a bulletin, else what is set."""
    from gkcheck.views.bulletin import Head

    return Head(
        one_line(number, NUMBER.spellings[0]) if number is not None else "",
        _line(context, "bulletin_to", TO, to).rstrip("：:"),
        _line(context, "bulletin_copies", COPIES, copies).rstrip("。"),
        _line(context, "bulletin_demand", DEMAND, demand),
        reply_day(context, reply_by),
    )


def reply_day(context: Context, typed: str | None) -> date:
    """Return the day of an answer: --reply-by, else so many days from today as are set. Refuses a day that is over."""
    if typed is None:
        days = context.setting("reply_days").value
        ahead = read_reply_days(days) if days else REPLY_DAYS
        return date.fromordinal(min(context.today.toordinal() + ahead, date.max.toordinal()))
    day = context.day(typed, REPLY_BY)
    if day < context.today:
        raise BadRequest(f"回复期限 {day.isoformat()} 已经过了，--reply-by 请写今天或以后的日期")
    return day


def letter_code(context: Context, flag: str | None = None) -> str:
    """Return the 发文代字 of letters: --code, GKCHECK_LETTER_CODE, the config, else that of the program."""
    return _line(context, "letter_code", CODE, flag) or LETTER_CODE


def _line(context: Context, name: str, option: Option, flag: str | None) -> str:
    value, source = context.setting(name, flag)
    return "" if value is None else one_line(value, option.spellings[0] if source == "flag" else name)


def renderer(exporter: Exporter, template: Path | None) -> Render:
    """Return the function that makes the bytes of a document, in the office's template where there is one.

    Raises:
        BadRequest: the template cannot be read, or the format is not Word's. BadDocument: it is damaged.
    """
    if template is None:
        assert exporter.document
        return exporter.document
    if exporter.suffix != _SUFFIX:
        raise BadRequest(
            f"--template 只用于 {_SUFFIX}，这次写的是 {exporter.suffix}；请去掉 --template 或改写 {_SUFFIX}"
        )
    data = _read(template)
    told: set[str] = set()

    def render(document: Document, advance: Advance) -> bytes:
        from gkcheck.exporters.docx_template import fill

        filled = fill(data, str(template), document, advance)
        _tell_once(told, "模板里没有地方写、没有写入的内容", filled.left_out)
        _tell_once(told, "模板里有标记、但没有内容可填的地方", filled.empty)
        return filled.data

    return render


def _tell_once(told: set[str], what: str, marks: Iterable[str]) -> None:
    fresh = [mark for mark in marks if f"{what}{mark}" not in told]
    told.update(f"{what}{mark}" for mark in fresh)
    if fresh:
        talk(f"{what}：{'、'.join(fresh)}")


def _read(template: Path) -> bytes:
    """Return the bytes of a template whose package is sound and of a size that a template has."""
    from gkcheck.importers.formats.ooxml import PackageGuard

    if template.suffix.lower() != _SUFFIX:
        raise BadRequest(f"模板 {template} 不是 {_SUFFIX} 文件；请另存为 {_SUFFIX}，或{_NEW_ONE.removeprefix('请')}")
    try:
        with template.open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = refusal(error, _NEW_ONE) if isinstance(error, OSError) else f"路径不对，{_NEW_ONE}"
        raise BadRequest(f"读不了模板 {template}：{reason}") from None
    if len(data) > _MOST_BYTES:
        raise BadRequest(f"模板 {template} 超过 {_MOST_BYTES >> 20} MB，太大了；{_NEW_ONE}")
    guard = PackageGuard(
        f"模板 {template} ", _NEW_ONE, most_parts=500, most_unpacked=4 * _MOST_BYTES, most_part=_MOST_PART
    )
    for _ in guard.read(data, lambda part: part.endswith((".xml", ".rels"))):
        pass
    return data
