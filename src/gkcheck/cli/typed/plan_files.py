"""The plan files that a command names beside the plan in use: another year's, another registry's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gkcheck.errors import BadPlan, refusal

if TYPE_CHECKING:
    from gkcheck.model import Plan, Problem


def read_plan_file(path: Path) -> tuple[Plan | None, list[Problem]]:
    """Return the plan of a file and its problems, as `plan.reader.read_plan`.

    Raises:
        BadPlan: the file cannot be read at all.
    """
    from gkcheck.plan.cache import load_source
    from gkcheck.plan.reader import decode, read_plan

    try:
        text, problems = decode(load_source(path), str(path))
    except OSError as error:
        raise BadPlan(f"读不了责任分工表 {path}：{refusal(error, '请检查路径和权限')}") from None
    return (None, problems) if problems else read_plan(text, str(path))


def load_plan(path: Path) -> Plan:
    """Return the plan of a file.

    Raises:
        BadPlan: it cannot be read, or has any problem.
    """
    plan, problems = read_plan_file(path)
    if plan is None or problems:
        raise BadPlan(
            f"责任分工表有问题：{problems[0]}；共 {len(problems)} 处，用 gkcheck check --plan {path} 查看全部"
        )
    return plan
