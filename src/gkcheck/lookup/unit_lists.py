"""Find the units and groups that one word of a command line lists (教育局、财政局), loosely to look, strictly to record."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from gkcheck.errors import AmbiguousName, GkcheckError, UnknownName
from gkcheck.lookup.units import NameMatch, is_named, match_unit, short_name, spellings, units_by_pinyin
from gkcheck.model import Plan
from gkcheck.text import pinyin
from gkcheck.text.normalize import key, split_list
from gkcheck.text.script import simplified_name


def find_units(
    plan: Plan, typed: str, match: Callable[[Plan, str], NameMatch] = match_unit
) -> list[tuple[str, NameMatch]]:
    """Return each name that a list holds with what it means, in the order typed.

    A name that holds a separator itself (涉及公共资源配置、重大建设项目批准和实施……) is one name.

    Raises:
        UnknownName, AmbiguousName: as `match`, of the first that means nothing.
    """
    names = _split_names(plan, typed)
    try:
        return [(name, match(plan, name)) for name in names]
    except UnknownName:
        if len(names) > 1:
            with suppress(GkcheckError):
                return [(typed.strip(), match(plan, typed))]
        raise


def _split_names(plan: Plan, typed: str) -> list[str]:
    """Return the names of a list: at each place the longest run of parts that is a spelling, else one part."""
    parts = split_list(typed)
    if len(parts) < 2:
        return parts or [typed]
    keys = [_list_key(spelling) for spelling in spellings(plan)]
    known = {form for name in keys for form in (name, short_name(name))}
    longest = max((name.count("、") for name in known), default=0) + 1
    names: list[str] = []
    at = 0
    while at < len(parts):
        ends = range(min(len(parts), at + longest), at + 1, -1)
        end = next((end for end in ends if _list_key("、".join(parts[at:end])) in known), at + 1)
        names.append("、".join(parts[at:end]))
        at = end
    return names


def _list_key(name: str) -> str:
    return key("、".join(split_list(simplified_name(name))))


def match_unit_to_record(plan: Plan, typed: str) -> NameMatch:
    """Return the unit or group that was typed, as `match_unit`; refuse what is too little to record by.

    Letters must be the whole of one unit's initials or pinyin and begin no other unit's, and never mean a group;
    characters out of the middle of a name are no name.

    Raises:
        UnknownName: too little of the name was typed. AmbiguousName: other units are spelt so too; the text lists them.
    """
    match = match_unit(plan, typed)
    word = typed.strip()
    if match.inner:
        raise UnknownName(f"“{word}”只是“{match.name}”中间的几个字，记录时请写全名、简称或拼音")
    if not match.loose or pinyin.letters_of(typed) is None:
        return match
    if any(group.name == match.name for group in plan.groups):
        raise UnknownName(f"“{word}”是类别“{match.name}”的拼音，拼音只能指单位；要记录这一类，请写类别的名称")
    whole, begun = units_by_pinyin(plan, typed)
    if len(begun) > 1:
        raise AmbiguousName(f"“{word}”可以指 {len(begun)} 个单位：{'、'.join(begun)}，记录时请写全名")
    if match.name not in whole:
        raise UnknownName(f"“{word}”只是“{match.name}”拼音的开头，记录时请写全名、简称或全部首字母")
    return match


def is_loose_group(plan: Plan, typed: str, match: NameMatch) -> bool:
    """True if a group was meant by less than its name or an alias."""
    return any(group.name == match.name for group in plan.groups) and not is_named(plan, typed, match.name)
