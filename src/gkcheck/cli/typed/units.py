"""The units that a command line names: every command that takes --unit asks here. Loads no search for plain names."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from gkcheck.cli.context import Context
from gkcheck.cli.options import YES
from gkcheck.cli.streams import ask, talk
from gkcheck.errors import BadRequest, GkcheckError
from gkcheck.ledger.assignments import members_of
from gkcheck.model import Plan
from gkcheck.types import NamedTuple

MOST_UNASKED = 3
"""The most units that a loosely typed class is recorded for without asking."""


class UnitSelection(NamedTuple):
    """The units and classes that were named, in the order typed, each once, and the assignees they stand for.

    A class stands for its members, an open one for itself.
    """

    names: tuple[str, ...]
    units: frozenset[str]

    @property
    def title(self) -> str:
        """The names in one line: 市教育局、各镇（街）."""
        return "、".join(self.names)

    @property
    def only(self) -> str | None:
        """The one assignee that was named, None where there are more."""
        return next(iter(self.units)) if len(self.units) == 1 else None


def _selection(plan: Plan, names: Sequence[str]) -> UnitSelection:
    members = members_of(plan)
    units = (unit for name in names for unit in members.get(name) or [name])
    return UnitSelection(tuple(dict.fromkeys(names)), frozenset(units))


def _are_plain(plan: Plan, typed: Sequence[str]) -> bool:
    """True if each word is the name of a unit or class as the plan writes it."""
    names = {unit.name for unit in plan.units} | {group.name for group in plan.groups}
    return names.issuperset(typed)


def selected_units(context: Context, typed: Sequence[str] | None) -> UnitSelection | None:
    """Return what the words name, for a query; None where there are none. What was typed loosely is named on stderr.

    Raises:
        UnknownName, AmbiguousName: as `lookup.units.match_unit`.
    """
    if not typed:
        return None
    plan = context.plan
    if _are_plain(plan, typed):
        return _selection(plan, typed)
    from gkcheck.lookup.unit_lists import find_units

    names = []
    for word in typed:
        for spelled, match in find_units(plan, word):
            names.append(match.name)
            if match.loose:
                talk(f"“{spelled}”指{_described(plan, match.name)}")
    return _selection(plan, names)


def _described(plan: Plan, name: str) -> str:
    """Return a unit's name, or that of a class with its number of members: 类别“各镇（街）”（17 个单位）."""
    members = members_of(plan).get(name)
    if members is None:
        return name
    return f"类别“{name}”" + (f"（{len(members)} 个单位）" if members else "")


_SOURCE = {"environment": "环境变量 GKCHECK_UNIT", "config": "gkcheck config"}


def units_to_record(context: Context, flags: Sequence[str] | None, yes: bool = True) -> UnitSelection | None:
    """Return the units to record for: --unit, GKCHECK_UNIT, the config; None where none names one.

    A record must never go to another unit unnoticed: a unit that was not typed, or that was not typed by a name of
    its own, is named on stderr; a class that was typed loosely is asked about, unless `yes`.

    Raises:
        UnknownName, AmbiguousName: as `lookup.unit_lists.match_unit_to_record`.
    """
    default, source = (None, "flag") if flags else context.setting("unit")
    typed = flags or ([default] if default is not None else [])
    if not typed:
        return None
    plan = context.plan
    if source == "flag" and _are_plain(plan, typed):
        return _selection(plan, typed)
    try:
        names = [name for word in typed for name in _names_to_record(context, word, source == "flag", yes)]
    except GkcheckError as error:
        if source == "flag":
            raise
        raise type(error)(f"默认单位（{_SOURCE[source]}）不能用：{error}") from None
    if source != "flag":
        talk(f"按默认单位“{'、'.join(names)}”记录（来自 {_SOURCE[source]}）")
    return _selection(plan, names)


def _names_to_record(context: Context, word: str, was_typed: bool, yes: bool) -> list[str]:
    """Return the names that one word lists; a class that was typed loosely is asked about, unless `yes`."""
    from gkcheck.lookup.unit_lists import find_units, is_loose_group, match_unit_to_record

    plan = context.plan
    names = []
    for spelled, match in find_units(plan, word, match_unit_to_record):
        meaning = f"“{spelled}”指{_described(plan, match.name)}"
        count = len(members_of(plan).get(match.name, ()))
        if count > MOST_UNASKED and not yes and is_loose_group(plan, spelled, match):
            _confirm(meaning)
        elif match.loose and was_typed:
            talk(meaning)
        names.append(match.name)
    return names


def _confirm(question: str) -> None:
    """Ask a person at a terminal; refuse where the answer is not yes, or where there is nobody to ask."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadRequest(f"{question}，不是写的全名；确要记录请加 {YES.spellings[0]}，或写类别的名称")
    try:
        answer = ask(f"{question}，要记录吗？[y/N] ")
    except EOFError:
        answer = ""
    if answer.lower() not in ("y", "yes", "是"):
        raise BadRequest("没有记录；要记录请回答 y，或写类别的名称")


def one_unit(context: Context, typed: str) -> str:
    """Return the one unit (or open class) that was typed, by the rules of `units_to_record`.

    Raises:
        BadRequest: several were typed, or a class of units.
    """
    selection = units_to_record(context, [typed])
    assert selection is not None
    return only_unit(selection)


def only_unit(selection: UnitSelection) -> str:
    """Return the one unit (or open class) of a selection. Raises BadRequest for several, or a class of units."""
    if len(selection.names) > 1:
        raise BadRequest(f"这里只能写一个单位，“{selection.title}”是 {len(selection.names)} 个")
    if selection.units != {selection.names[0]}:
        raise BadRequest(f"“{selection.title}”是一个类别，请写一个单位")
    return selection.names[0]
