"""The things that the new year's plan takes over from last year's: aliases, groups, contacts, and the channels of its tasks.

An import that is given last year's plan registers units and groups as that has them (`importers.plan_draft`); here
it is told which of them arrived and which did not, and channels are set on the tasks that are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gkcheck import labels
from gkcheck.model import ZONE, Group, Plan, Task, Unit
from gkcheck.operations.compare import pair_tasks
from gkcheck.text.normalize import key


@dataclass(slots=True)
class CarriedOver:
    """The new plan, and a line for each thing that was carried over, was left behind, or is to be checked."""

    plan: Plan
    carried: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


_FIELDS = {
    "groups": "类别",
    "aliases": "别名",
    "ranked": "参加排名",
    "contact": "联系人",
    "phone": "联系电话",
    "note": "说明",
}
"""The fields of units and groups in the order they are told; contacts and phone numbers are named, not shown."""


def carry_over(last: Plan, plan: Plan) -> CarriedOver:
    """Return the new plan with what last year's has for its tasks, and an account of that.

    Args:
        last: last year's plan.
        plan: this year's, whose units and groups were registered as `last` has them.
    """
    account = CarriedOver(plan._replace(zone=last.zone))
    if plan.id == last.id:
        account.doubts.append(f"id“{plan.id}”与去年的表相同，去年的记录会算到今年；请用 --id 另起一个")
    if last.zone != ZONE:
        account.carried.append(f"时区：{last.zone}")
    _tell_registry(last, account)
    _carry_channels(last, account)
    return account


def _tell_registry(last: Plan, account: CarriedOver) -> None:
    """Tell which entries of last year's registry this year's has, and with what."""
    now = {entity.name: entity for entity in _entities(account.plan)}
    for was in _entities(last):
        entity = now.get(was.name)
        if entity is None:
            told = "；".join(_told(was))
            account.left.append(f"{was.name}：今年没有任务" + (f"（原有{told}）" if told else ""))
            continue
        if told := "；".join(_told(entity)):
            account.carried.append(f"{was.name}：{told}")
        lost = [name for name in getattr(was, "groups", ()) if name not in getattr(entity, "groups", ())]
        account.left += [f"{was.name}：类别“{name}”今年没有任务" for name in lost]


def _entities(plan: Plan) -> list[Unit | Group]:
    return [*plan.groups, *plan.units]


def _told(entity: Unit | Group) -> Iterator[str]:
    """Yield what an entry of the registry holds beside its name."""
    for name, word in _FIELDS.items():
        if value := getattr(entity, name, None):
            yield f"{word} {'、'.join(value)}" if isinstance(value, tuple) else word


def _carry_channels(last: Plan, account: CarriedOver) -> None:
    """Set the channels of last year's tasks on those of this year that are the same."""
    channels: dict[int, tuple[str, ...]] = {}
    for was, now in pair_tasks(last, account.plan):
        if was is None or not was.task.channels:
            continue
        if now is None:
            listed = "、".join(was.task.channels)
            account.left.append(f"去年的具体要求 {labels.task_number(was.task)}今年没有：发布渠道 {listed}")
        elif kept := _channels_kept(was.task, now.task, account):
            account.carried.append(f"具体要求 {labels.task_number(now.task)}：发布渠道 {'、'.join(kept)}")
            channels[now.task.id] = tuple(dict.fromkeys((*now.task.channels, *kept)))
    account.plan = account.plan._replace(
        sections=tuple(
            section._replace(
                tasks=tuple(task._replace(channels=channels.get(task.id, task.channels)) for task in section.tasks)
            )
            for section in account.plan.sections
        )
    )


def _channels_kept(was: Task, now: Task, account: CarriedOver) -> list[str]:
    """Return the channels that last year's task hands on: surely, where its text is the same or still names them.

    One that only the old text names is left; one that neither text ever named is kept; both are to be checked.
    """
    number = f"具体要求 {labels.task_number(now)}"
    kept = []
    for channel in was.channels:
        if was.text != now.text and not _names(now, channel):
            if _names(was, channel):
                account.doubts.append(f"{number}的文字不再写“{channel}”，没有沿用为发布渠道")
                continue
            account.doubts.append(f"{number}的文字与去年第 {was.id} 项不同，仍沿用发布渠道“{channel}”")
        kept.append(channel)
    return kept


def _names(task: Task, channel: str) -> bool:
    return key(channel) in key(task.text)
