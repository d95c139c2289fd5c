"""A drawn year of records for the table of Taishan: 660 facts about its 40 units, the same for the same seed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from gkcheck.journal import record_format
from gkcheck.ledger.assignments import assignments_of_task, fingerprint, members_of
from gkcheck.model import Action, Draft, Entry, Evidence, Plan

FACTS = 660

_NOTES = ("已在门户网站公布", "方案已送审", "已完成首批数据上传", "材料已报市政府办公室", None)
_PROBLEMS = ("等待上级文件", "经费没有落实", "系统尚未对接", "涉及部门多，数据口径不一")
_REASONS = ("佐证链接打不开", "缺少发布日期", "公开内容不完整")


def drafts(plan: Plan, seed: int = 2019, facts: int = FACTS) -> list[tuple[str, Draft]]:
    """Return the facts with the time of each, in order: claims, acts on what was claimed, deadlines."""
    random = Random(seed)
    members = members_of(plan)
    cells = [(task, cell.unit) for task in plan.tasks() for cell in assignments_of_task(task, members)]
    random.shuffle(cells)
    claimed: list[tuple[object, str]] = []
    drawn: list[tuple[str, Draft]] = []
    start = date(2019, 1, 7)
    for i in range(facts):
        day = start + timedelta(days=i * 350 // facts)
        roll = random.random()
        if roll < 0.18 and claimed:
            task, unit = claimed.pop(random.randrange(len(claimed)))
            is_confirmed = random.random() < 0.75
            note = None if is_confirmed else random.choice(_REASONS)
            draft = Draft(Action.CONFIRM if is_confirmed else Action.RETURN, task.id, unit, fingerprint(task), note)
        elif roll < 0.22:
            task, unit = random.choice(cells)
            due = (day + timedelta(days=random.randrange(10, 60))).isoformat()
            draft = Draft(Action.DEADLINE, task.id, unit, fingerprint(task), due=due)
        else:
            task, unit = cells.pop() if cells else random.choice(claimed)
            action = random.choices([Action.DONE, Action.START, Action.BLOCK, Action.SKIP], [72, 16, 8, 4])[0]
            problem = random.choice(_PROBLEMS) if action is Action.BLOCK else None
            address = Evidence(
                "url", f"https://www.example.gov.cn/zwgk/{task.id}/{i}.html", "公开页面", day.isoformat()
            )
            proof = (address,) if action is Action.DONE and random.random() < 0.7 else ()
            draft = Draft(action, task.id, unit, fingerprint(task), random.choice(_NOTES), proof, problem=problem)
            if action is Action.DONE:
                claimed.append((task, unit))
        drawn.append((f"{day.isoformat()}T09:{i % 60:02}:00.000000+08:00", draft))
    return drawn


def write_journal(path: Path, plan: Plan, seed: int = 2019, facts: int = FACTS, until: str = "9999") -> None:
    """Write the facts as a journal, those before the day `until`."""
    lines = [line for line in _lines(plan, seed, facts) if record_format.decode(line[:-1]).at < until]
    path.write_bytes(record_format.header(plan.id) + b"".join(lines))


def entries(plan: Plan, seed: int, facts: int) -> list[Entry]:
    """Return the facts as entries."""
    return [record_format.decode(line[:-1]) for line in _lines(plan, seed, facts)]


def _lines(plan: Plan, seed: int, facts: int) -> list[bytes]:
    return [
        record_format.encode(draft, seq=seq, at=at, by="经办人", batch=f"{seq:012x}")
        for seq, (at, draft) in enumerate(drafts(plan, seed, facts), 1)
    ]
