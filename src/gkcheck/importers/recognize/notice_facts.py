"""The facts of a notice (title, document number, issuer, date), from the lines above its first task."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from gkcheck.importers.recognize.headings import is_title
from gkcheck.text.dates import read_day
from gkcheck.text.script import folded

_NUMBER = re.compile(
    r"^[(]?([一-鿿]{1,10}(?:函|发|办|字|电|令|通|规|知|督|明电|呈|党|政)?[〔\[【(]20\d\d[〕\]】)]\s*第?\d{1,5}\s*号)[)]?$"
)
_SIGNED = re.compile(r"[(]?(20\d\d年\d{1,2}月\d{1,2}日)[)]?")
_DATED = re.compile(
    r"(?:发文|成文|颁布|发布|印发|公布|生成|制发|公开)(?:日期|时间)\s*:\s*(20\d\d[年\-./]\d{1,2}[月\-./]\d{1,2})"
)
_ISSUER = re.compile(r"(?:发布机构|发文单位|发文机关|发布单位|制发机关|印发机关|发布部门|来源机构)\s*[:]\s*(\S{3,30})")
_SIGNATURE = re.compile(r"(?:政府|办公室|办公厅|委员会|局|厅|部|委|院|会|处|中心|公司|大学|学校|小组)$")


class NoticeFacts(NamedTuple):
    """The facts of a notice as printed; None where it prints none."""

    title: str | None = None
    document_number: str | None = None
    issuer: str | None = None
    issued: date | None = None

    @property
    def year(self) -> int | None:
        """The year the plan is for: of its title, else of its date."""
        found = re.search(r"(20\d\d)\s*年", folded(self.title or ""))
        return int(found[1]) if found else (self.issued.year if self.issued else None)


def read_facts(lines: list[str]) -> NoticeFacts:
    """Return the facts that lines print: the first number and date, the last issuer by label, the last title."""
    title = number = issuer = None
    issued: date | None = None
    for n, line in enumerate(lines):
        shape = folded(line)
        closed_up = re.sub(r"\s", "", shape)
        if number is None and _NUMBER.match(closed_up):
            number = re.sub(r"\s", "", line).strip("（）()")
        if found := _ISSUER.search(shape):
            issuer = line[found.start(1) : found.end(1)]
        dated = _SIGNED.fullmatch(closed_up) or _DATED.search(shape)
        if dated and issued is None:
            issued = read_day(dated[1])
            above = lines[n - 1].strip() if n else ""
            if issuer is None and 4 <= len(above) <= 40 and not re.search(r"[。，；：]", above) and _signs(above):
                issuer = above
        if is_title(line):
            title = _whole_title(lines, n)
    return NoticeFacts(title, number, issuer, issued)


def _signs(text: str) -> bool:
    return bool(_SIGNATURE.search(folded(text)))


def _whole_title(lines: list[str], n: int) -> str:
    """Return a title, with the line before it where it was set in two lines."""
    above = lines[n - 1].strip() if n else ""
    if (
        4 <= len(above) <= 30
        and not re.search(r"[。，；：:、（）()〔]|\d日$", above)
        and not _signs(above)
        and not is_title(above)
    ):
        return re.sub(r"\s+", "", above + lines[n])
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", lines[n].strip())
