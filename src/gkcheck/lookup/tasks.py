"""Find tasks by their ids, printed numbers and ranges, or by words of their texts."""

from collections.abc import Iterable

from gkcheck.errors import AmbiguousName, BadRequest, UnknownName
from gkcheck.model import Plan, Task
from gkcheck.text.normalize import key, split_list, split_range
from gkcheck.text.numerals import number_of

MAX_RANGE = 10_000
"""The most tasks that one range may span."""


def find_tasks(plan: Plan, typed: Iterable[str]) -> list[Task]:
    """Return the tasks of words like `23`, `二十三`, `（二十三）` and `30-32`, each once, in the order typed.

    A number is a task's id; where no task has that id, the printed number of exactly one task.

    Raises:
        UnknownName: no such task. AmbiguousName: several are printed so. BadRequest: a range backwards or too long.
    """
    by_id = {task.id: task for task in plan.tasks()}
    tasks: dict[int, Task] = {}
    for word in typed:
        parts = [part for listed in split_list(word) for part in listed.split()]
        for part in parts or [word.strip()]:
            for task in _tasks_of(by_id, part):
                tasks.setdefault(task.id, task)
    return list(tasks.values())


def tasks_with_words(plan: Plan, typed: Iterable[str]) -> list[Task]:
    """Return the tasks whose text holds every word typed (several in one are separated by blanks), in document order.

    Script, width, dashes and quotes do not matter.

    Raises:
        BadRequest: one of those typed holds no word.
    """
    from gkcheck.text.script import search_key

    words: list[str] = []
    for text in typed:
        found = [word for word in map(search_key, text.split()) if word]
        if not found:
            raise BadRequest(f"要找的文字“{text}”是空的，请写上具体要求中的词")
        words += found
    return [task for task in plan.tasks() if all(word in search_key(task.text) for word in words)]


def is_number(word: str) -> bool:
    """True if each part of a list is written as the number of a task or as a range of them, whether there is one or not."""
    ends = [end for part in split_list(word) for end in split_range(part)]
    return bool(ends) and all(number_of(_bare(end)) is not None for end in ends)


def _bare(word: str) -> str:
    return key(word).strip("().、第项項条條号號")


def _tasks_of(by_id: dict[int, Task], word: str) -> list[Task]:
    ends = split_range(word)
    if len(ends) == 1:
        return [_task(by_id, word)]
    first, last = (_task(by_id, end).id for end in ends)
    if first > last:
        raise BadRequest(f"范围“{word}”前后颠倒，应写成 {last}-{first}")
    if last - first > MAX_RANGE:
        raise BadRequest(f"范围“{word}”太大，一次最多 {MAX_RANGE} 项")
    return [by_id[number] for number in range(first, last + 1) if number in by_id]


def _task(by_id: dict[int, Task], word: str) -> Task:
    bare = _bare(word)
    number = number_of(bare)
    if number is not None and number in by_id:
        return by_id[number]
    printed = [task for task in by_id.values() if bare and key(task.number).strip("().、") == bare]
    if len(printed) == 1:
        return printed[0]
    if printed:
        ids = "、".join(str(task.id) for task in printed[:8])
        raise AmbiguousName(f"编号“{word}”有 {len(printed)} 项具体要求，请用序号：{ids}")
    if number is None:
        raise UnknownName(f"“{word}”不是具体要求的编号，应写成 23、二十三 或 30-32")
    near = sorted(by_id, key=lambda known: abs(known - number))[:1]
    raise UnknownName(f"没有第 {word} 项具体要求，编号是 {min(by_id)}–{max(by_id)}，最接近的是 {near[0]}")
