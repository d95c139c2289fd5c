"""The words beside the options of a line: numbers of tasks, units, the text of a note. Loads no search for plain ones."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck.cli.context import Context
from gkcheck.cli.streams import talk
from gkcheck.cli.typed.units import UnitSelection, selected_units
from gkcheck.errors import BadRequest, UnknownName
from gkcheck.model import Task


def tasks_typed(context: Context, words: Sequence[str]) -> list[Task]:
    """Return the tasks that the words name, each once, in the order typed.

    Raises:
        BadRequest: there is a unit among the words; the text is the line to type instead. Also as `find_tasks`.
    """
    plan = context.plan
    by_id = {str(task.id): task for task in plan.tasks()}
    if all(word in by_id for word in words):
        return list({word: by_id[word] for word in words}.values())
    from gkcheck.lookup.tasks import find_tasks

    try:
        return find_tasks(plan, words)
    except UnknownName:
        from gkcheck.cli.typed.shortcuts import refuse_units

        refuse_units(context, words)
        raise


def units_typed(context: Context, words: Sequence[str] | None, flags: Sequence[str] | None) -> UnitSelection | None:
    """Return the units that stand as words and after --unit together, None where there are none.

    Raises:
        BadRequest: a word is the number of a task. Also as `selected_units`.
    """
    try:
        return selected_units(context, [*(words or ()), *(flags or ())])
    except UnknownName:
        from gkcheck.lookup.tasks import is_number

        number = next((word for word in words or () if is_number(word)), None)
        if number is None:
            raise
        raise BadRequest(f"“{number}”是编号，这里写的是单位；看一项具体要求，应写成：gkcheck show {number}") from None


def own_unit(context: Context) -> str:
    """Return the default unit as it is set. Raises BadRequest where none is."""
    unit = context.setting("unit").value
    if unit is None:
        raise BadRequest("还没有设定默认单位，请先用 gkcheck config set unit 单位名称 设定")
    return unit


def numbers_and_units(words: Sequence[str] | None) -> tuple[list[str], list[str]]:
    """Return the words that are written as numbers of tasks, and the others."""
    numbers: list[str] = []
    units: list[str] = []
    for word in words or ():
        if not word.isdecimal():
            from gkcheck.lookup.tasks import is_number

            (numbers if is_number(word) else units).append(word)
        else:
            numbers.append(word)
    return numbers, units


def text_after_numbers(context: Context, words: Sequence[str], text: str | None) -> tuple[Sequence[str], str | None]:
    """Return the numbers that a note is about, and its text: that of --note, or the words after the numbers.

    A word that begins with a digit and has no Chinese in it is a number written wrongly and no text.

    Raises:
        BadRequest: there is a text in both places, or a unit stands where the text begins.
    """
    others = numbers_and_units(words)[1]
    at = words.index(others[0]) if others else 0
    if not at or (others[0].isascii() and others[0][0].isdigit()):
        return words, text
    from gkcheck.cli.typed.shortcuts import refuse_units

    refuse_units(context, others[:1])
    written = " ".join(words[at:])
    if text is not None:
        raise BadRequest(f"备注写了两处：“{written}”和“{text}”，请只写一处")
    talk(f"备注：{written}")
    return words[:at], written
