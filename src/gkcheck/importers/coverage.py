"""The check that nothing of the source was dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gkcheck.importers.draft import DraftTask, Omission, ReadingLog
from gkcheck.importers.formats.blocks import Block
from gkcheck.importers.recognize.header_terms import LABEL
from gkcheck.importers.recognize.numbering import is_number, leading_number
from gkcheck.text.script import folded

_BUDGET = 1_000_000_000
"""The most characters that are searched for clauses that are not found as such."""

_CLAUSE = re.compile(r"[\s,;:。、!?()\[\]〔〕【】<>《》“”\"'‘’|/\-—.…·]+")
_ROLE_WORDS = re.compile(
    r"按照?|各自|部门|职责|职能|分工|分别|共同|联合|具体|牵头|负责|落实|配合|协办|主办|承办|协同|协助|参与|参加|实施|组织|推进|支持|参照|执行|办理|"
    r"会同|会商|会|由|及|和|与|以及|等|责任|单位|第一|抓好|积极|总|联合|商|做好|指导|统筹|协调|完成|各|范围|内|任务|抓"
)


def find_uncovered(blocks: list[Block], tasks: Iterable[DraftTask], log: ReadingLog) -> list[Omission]:
    """Return the clauses of the source that are in no task, in no heading, and not listed as left out."""
    known: set[str] = set()
    whole: list[str] = []

    def cover(text: str | None) -> None:
        if text:
            shape = folded(text)
            whole.append(re.sub(r"\s", "", shape))
            known.update(_CLAUSE.split(shape))

    for task in tasks:
        for part in (
            task.number,
            task.section,
            task.subsection,
            task.text,
            task.units_tail,
            task.deadline,
            task.section_number,
            *task.names(),
            *task.notes,
        ):
            cover(part)
    for left in log.left_out:
        cover(left.text)
    for _, text, _ in log.placed:
        cover(text)
    everything = "\n".join(whole)
    searches = [_BUDGET // (len(everything) + 1)]
    out: list[Omission] = []
    for block in blocks:
        for row, place in zip(block.rows, block.places, strict=True):
            for cell in row:
                if missing := _missing(cell or "", known, everything, searches):
                    out.append(Omission(place, missing, "未能归类"))
    return out


def _missing(cell: str, known: set[str], everything: str, searches: list[int]) -> str:
    lost: list[str] = []
    shape = LABEL.sub(" ", folded(cell))
    for line in shape.split("\n"):
        number = leading_number(line)
        body = line[number.end :] if number else line
        for clause in _CLAUSE.split(body):
            if clause and clause not in known and not is_number(clause) and not _found(clause, everything, searches):
                lost.append(clause)
    return "，".join(lost)


def _found(clause: str, everything: str, searches: list[int]) -> bool:
    """True if a clause stands somewhere, whole or with role words between names; `searches` bounds the work."""
    searches[0] -= 1
    if searches[0] < 0:
        return False
    if clause in everything:
        return True
    rest = [piece for piece in _ROLE_WORDS.split(clause) if piece]
    return all(piece in everything for piece in rest)
