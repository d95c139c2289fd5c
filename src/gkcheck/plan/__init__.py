"""Plan files: YAML text → (`Plan`, problems), each problem with its line, and back to YAML."""

from __future__ import annotations

from gkcheck.model import Plan, Problem, Where
from gkcheck.plan.checks import CHECKS
from gkcheck.plan.reader import FORMAT, Reader

__all__ = ["FORMAT", "decode", "read_plan"]


def decode(data: bytes, name: str) -> tuple[str, list[Problem]]:
    """Return the text of a plan file: UTF-8, with or without a BOM; anything else is a problem at its line."""
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", [Problem(Where(name, line), "不是 UTF-8 编码，请在记事本或 WPS 中另存为 UTF-8 后重试")]


def read_plan(text: str, name: str) -> tuple[Plan | None, list[Problem]]:
    """Read a whole plan; never stop at the first mistake.

    Args:
        text: the YAML.
        name: what messages call the file.

    Returns:
        The plan, or None where a problem leaves none to speak of; every problem, in line order.
    """
    reader = Reader(name)
    root = reader.compose(text)
    plan = reader.plan(root) if root is not None else None
    if plan is not None:
        for check in CHECKS:
            reader.problems.extend(check(plan, reader.place))
    return plan, sorted(set(reader.problems), key=lambda problem: problem.where.line)
