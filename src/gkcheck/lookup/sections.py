"""Find a section by its printed number or a part of its title."""

import re
from collections.abc import Iterable

from gkcheck.errors import AmbiguousName, BadRequest, UnknownName
from gkcheck.model import Plan, Section
from gkcheck.text.normalize import key, split_list, split_range
from gkcheck.text.numerals import number_of
from gkcheck.text.script import simplified_name
from gkcheck.text.similarity import nearest


def find_sections(plan: Plan, typed: Iterable[str]) -> list[Section]:
    """Return the sections that the words name, in their order, each once; a word may list several (一、二; 一至三).

    Raises:
        UnknownName, AmbiguousName: as `find_section`. BadRequest: a range backwards.
    """
    places: dict[int, None] = {}
    for word in typed:
        parts = split_list(word)
        is_numbers = all(number_of(_bare(end)) is not None for part in parts for end in split_range(part))
        for part in parts if parts and is_numbers else [word]:
            places.update(dict.fromkeys(_places_of(plan, part, is_numbers)))
    return [plan.sections[place] for place in places]


def _places_of(plan: Plan, typed: str, may_be_range: bool) -> range:
    """Return the place of a section among those of the plan, or the places of a range of numbers."""
    ends = split_range(typed) if may_be_range else [typed]
    first, *_, last = [plan.sections.index(find_section(plan, end)) for end in (ends[0], *ends)]
    if first > last:
        raise BadRequest(f"范围“{typed}”前后颠倒，应写成 {ends[-1]}-{ends[0]}")
    return range(first, last + 1)


def _bare(typed: str) -> str:
    return re.sub(r"^第|[、.项項]$", "", key(typed).strip("()"))


def find_section(plan: Plan, typed: str) -> Section:
    """Return the section whose printed number (九, 9, 九、) or a part of whose title was typed.

    Raises:
        UnknownName: no section matches; the text suggests the nearest or lists the numbers.
        AmbiguousName: several match; the text lists them.
    """
    bare = _bare(typed)
    number = number_of(bare)
    matches = [
        section
        for section in plan.sections
        if bare and (key(section.number) == bare or (number is not None and number_of(section.number) == number))
    ]
    title = key(simplified_name(typed))
    for part in (key(typed), title, re.sub(r"^\(?[一二三四五六七八九十]+[)、]", "", title)):
        matches = matches or [section for section in plan.sections if part and part in key(section.title)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        listed = "；".join(_titled(section) for section in matches[:6])
        raise AmbiguousName(f"“{typed.strip()}”可以指 {len(matches)} 项工作任务：{listed}，请写编号")
    near = nearest(typed, [section.title for section in plan.sections], 2)
    hint = "；".join(_titled(section) for title in near for section in plan.sections if section.title == title)
    numbers = "、".join(section.number for section in plan.sections[:30] if section.number)
    remedy = f"是否要找：{hint}" if hint else f"编号有：{numbers}"
    raise UnknownName(f"没有“{typed.strip()}”这项工作任务，{remedy}")


def _titled(section: Section) -> str:
    return f"{section.number}、{section.title}" if section.number else section.title
