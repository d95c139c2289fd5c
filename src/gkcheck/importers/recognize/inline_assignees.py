"""Paragraphs that print their bodies in a closing bracket or behind a label: 任务。（责任单位：市教育局）."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from typing import NamedTuple

from gkcheck.importers.recognize.assignees import Assignees, assignee_share, read_assignees
from gkcheck.importers.recognize.header_terms import LABEL
from gkcheck.importers.recognize.numbering import leading_number, split_at_numbers
from gkcheck.importers.recognize.org_names import is_certain_org_name, is_office_name
from gkcheck.model import Role
from gkcheck.text.script import folded

_OPEN, _CLOSE = "([〔【", ")]〕】"
_VERB = re.compile(r"牵头|配合|负责|落实|协办|承办|主办|会同")
_STOPS = " 。;,.、!?\n"


class Part(NamedTuple):
    """A stretch of a paragraph that assigns: from the sign that opens it to the one that closes it."""

    start: int
    end: int
    inner: str


def brackets_in(shape: str) -> list[tuple[int, int]]:
    """Return the outermost brackets of a folded text, start and end (past the closing sign); unclosed ones are not listed."""
    out: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    for i, char in enumerate(shape):
        if char in _OPEN:
            opened.append((_CLOSE[_OPEN.index(char)], i))
        elif char in _CLOSE:
            match = next(
                (n for n in range(len(opened) - 1, max(-1, len(opened) - 30), -1) if opened[n][0] == char), None
            )
            if match is not None:
                start = opened[match][1]
                del opened[match:]
                while out and out[-1][0] > start:
                    out.pop()
                out.append((start, i + 1))
    return out


def unclosed_brackets(text: str) -> int:
    """Return how many more brackets a text opens than it closes; negative where it closes more."""
    shape = folded(text)
    return sum(map(shape.count, "(〔【")) - sum(map(shape.count, ")〕】"))


def _labelled(inner: str) -> bool:
    found = LABEL.match(inner.strip())
    return bool(found) and ":" in found.group() if found else False


def _assigning(shape: str, start: int, end: int) -> bool:
    """True if a bracket assigns: it starts with a label, or it closes a requirement and lists bodies."""
    inner = shape[start + 1 : end - 1].strip()
    if _labelled(inner):
        return True
    tail = shape[end : end + 80]
    rest = tail.lstrip(_STOPS)
    if (
        rest
        and not (leading_number(rest) or rest[0] in _OPEN or LABEL.match(rest))
        and "\n" not in tail[: len(tail) - len(rest)]
    ):
        return False
    if assignee_share(inner) < 0.75:
        return False
    assignees = read_assignees(inner)
    names = assignees.names()
    if not any(is_certain_org_name(name) for name in names):
        return False
    before = shape[max(0, start - 40) : start].rstrip()
    stopped = not before or before[-1] in "。;!?)”〕】" or before.endswith("\n")
    return stopped or len(names) > 1 or bool(_VERB.search(inner))


def _inline_labels(shape: str, brackets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the labels outside brackets that begin a line or a sentence; each reaches to the next numbered piece or the end."""
    out: list[tuple[int, int]] = []
    breaks = [0]
    for piece in split_at_numbers(shape):
        breaks.append(breaks[-1] + len(piece))
    spans = deque(brackets)
    for found in LABEL.finditer(shape):
        at = found.start()
        while spans and spans[0][1] <= at:
            spans.popleft()
        if (spans and spans[0][0] <= at) or (out and at < out[-1][1]):
            continue
        if ":" not in found.group() and found.group().strip()[:1] not in "【[〔":
            continue
        before = shape[max(0, at - 40) : at].rstrip(" ")
        if before and before[-1] not in "。;!?\n)”〕】":
            continue
        out.append((at, breaks[bisect_right(breaks, at)]))
    return out


def split_assignments(text: str) -> list[tuple[str, Assignees | None]]:
    """Cut a paragraph into stretches of requirement, each with the assignees of the bracket or label after it.

    A last stretch without one has None. A paragraph that only assigns yields one empty stretch.
    """
    shape = folded(text)
    brackets = [(a, b) for a, b in brackets_in(shape) if _assigning(shape, a, b)]
    labels = _inline_labels(shape, brackets)
    parts = sorted([Part(a, b, text[a + 1 : b - 1]) for a, b in brackets] + [Part(a, b, text[a:b]) for a, b in labels])
    out: list[tuple[str, Assignees | None]] = []
    begin = 0
    for part in parts:
        assignees = read_assignees(part.inner)
        assignees.unclosed = part.inner[:1] in "(（〔【[" and unclosed_brackets(part.inner) > 0
        before = text[begin : part.start]
        begin = part.end
        if out and not before.strip(_STOPS + "，；　"):
            last = out[-1][1]
            assert last is not None
            last.merge(assignees)
        else:
            out.append((before.strip(), assignees))
    rest = text[begin:].strip()
    if not rest.strip(_STOPS + "，；　"):
        return out or ([(rest, None)] if rest else [])
    if out and not leading_number(rest):
        out[-1] = (out[-1][0] + rest.lstrip("。；;"), out[-1][1])
    else:
        out.append((rest, None))
    return [(piece.lstrip("。；;，, "), assignees) for piece, assignees in out]


def split_off_headings(pieces: list[tuple[str, Assignees | None]]) -> list[tuple[str, Assignees | None]]:
    """Part a heading from the first task, where it runs into it within one paragraph.

    一、稳就业。拓宽渠道，（一）办招聘会。（责任单位：甲局）（二）发补贴。（责任单位：乙局） has one heading and two tasks.
    """
    out: list[tuple[str, Assignees | None]] = []
    ranks = [number.rank for piece, assignees in pieces if assignees and (number := leading_number(piece))]
    for piece, assignees in pieces:
        number = leading_number(piece)
        cut = _deeper_number(piece, number.rank, number.end, ranks) if number and assignees else None
        if cut:
            out.append((piece[:cut].strip(), None))
        out.append((piece[cut:] if cut else piece, assignees))
    return out


def _deeper_number(piece: str, rank: float, begin: int, ranks: list[float]) -> int | None:
    """Return where a deeper number begins that is a task's own: a sibling has its rank, and little stands before it."""
    shape = folded(piece)
    for found in re.finditer(r"(?<=[。;,:!\s])(?=[(\d一二三四五六七八九十①-⑳])", shape):
        if found.end() - begin > 80:
            return None
        number = leading_number(piece[found.end() : found.end() + 40])
        if number and rank < number.rank:
            alone = len(ranks) == 1 and shape[found.end() - 1] in "。:" and found.end() - begin <= 25
            return found.end() if number.rank in ranks or alone else None
    return None


_COUNT = re.compile(r"\s*[(]?共?\d+[项条件个][)]?$")
_DUTY = re.compile(r"(?:负责|落实|承办|办理)?的?(?:主要|重点|具体)?(?:任务|工作|事项|职责|项目)$")
_ROLE_ONLY = re.compile(
    r"^(?:我|本|由)?.{0,2}?(?P<role>总?牵头|主办|配合|协办|协助|参与)(?:负责|落实|办理|实施|完成)?(?:的|类)?(?:主要|重点)?(?:任务|工作|事项|项目|单位|部分)?$"
)


def read_heading(text: str) -> tuple[str, Assignees | None, Role | None]:
    """Return a heading without its assignees, these, and the role it gives to the names below it.

    一、推进决策公开（责任单位：市司法局） names one; 二、市教育局牵头任务 names one with a role; 三、配合事项 gives a role.
    """
    shape = folded(text)
    for start, end in reversed(brackets_in(shape)):
        inner = text[start + 1 : end - 1]
        if shape[end:].strip(_STOPS) or not start:
            break
        if _labelled(folded(inner)) or (
            assignee_share(inner) >= 0.9 and any(is_certain_org_name(name) for name in read_assignees(inner).names())
        ):
            return text[:start].strip() + text[end:].strip(), read_assignees(inner), None
    number = leading_number(text)
    body = shape[number.end if number else 0 :].strip(" 。:")
    body = _COUNT.sub("", body)
    bare = _DUTY.sub("", body) or body
    if found := _ROLE_ONLY.match(body):
        return text, None, Role.LEAD if "牵头" in found["role"] or found["role"] == "主办" else Role.SUPPORT
    if assignee_share(bare) >= 0.99 and all(is_office_name(name) for name in read_assignees(bare).names()):
        return text, read_assignees(bare), None
    return text, None, None
