"""Find a unit or group by what a person typed; every command looks names up here.

A name is tried in steps, and the first step with a match decides: the exact name or alias; the short form
(without the leading 市, without the name of the place, a town without 镇); the same with Traditional script
made Simplified; pinyin, initials or full; then the beginning of a name, an abbreviation (卫健局 for
市卫生健康局), a part of a name. Where several match, the name is ambiguous and they are listed; where none
does, the nearest by sight and by sound are suggested.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from gkcheck.errors import AmbiguousName, UnknownName
from gkcheck.model import Group, Plan, Unit
from gkcheck.text import pinyin
from gkcheck.text.normalize import is_han, key
from gkcheck.text.script import simplified_name
from gkcheck.text.similarity import nearest
from gkcheck.types import NamedTuple


class NameMatch(NamedTuple):
    """A unit or group, and how it was matched.

    `loose`: by pinyin, a beginning, an abbreviation or a part, not by a name or short form; `inner`: only by a part
    out of the middle of a name (工商局 of 市科工商务局), enough for a query and too little for a record.
    """

    name: str
    loose: bool = False
    inner: bool = False


def find_unit(plan: Plan, typed: str) -> str:
    """Return the name of the unit or group that was typed. Raises as `match_unit`."""
    return match_unit(plan, typed).name


def match_unit(plan: Plan, typed: str) -> NameMatch:
    """Return the unit or group that was typed, and how it was matched.

    Raises:
        UnknownName: no name matches; the text suggests the nearest.
        AmbiguousName: several match; the text lists them.
    """
    if not key(typed):
        raise UnknownName("没有写单位名称，用 gkcheck units 查看全部单位")
    for step in _STEPS:
        matches = _in_registry_order(plan, step(plan, typed))
        if len(matches) == 1:
            if step in _PARTIAL and _is_too_short(plan, typed):
                break
            return NameMatch(matches[0], loose=step in _LOOSE, inner=step is _by_part)
        if matches:
            groups = {group.name for group in plan.groups}
            listed = _listed([f"{name}（类别）" if name in groups else name for name in matches])
            raise AmbiguousName(f"“{typed.strip()}”可以指 {len(matches)} 个单位：{listed}，请写全名")
    suggested = suggest_units(plan, typed)
    hint = f"，是否要找：{'、'.join(suggested)}" if suggested else ""
    raise UnknownName(f"没有叫“{typed.strip()}”的单位{hint}（用 gkcheck units 查看全部）")


def _listed(names: list[str]) -> str:
    return "、".join(names[:12]) + (f" 等 {len(names)} 个" if len(names) > 12 else "")


def _in_registry_order(plan: Plan, names: Iterable[str]) -> list[str]:
    chosen = set(names)
    return [entity.name for entity in _entities(plan) if entity.name in chosen] if chosen else []


def _entities(plan: Plan) -> list[Unit | Group]:
    return [*plan.units, *plan.groups]


def spellings(plan: Plan) -> dict[str, list[str]]:
    """Return every name and alias with the units or groups that bear it, in registry order."""
    names: dict[str, list[str]] = {}
    for entity in _entities(plan):
        for spelling in (entity.name, *entity.aliases):
            names.setdefault(spelling, []).append(entity.name)
    return names


def _owners(plan: Plan, fits: Callable[[str], bool]) -> list[str]:
    """Return the units and groups that bear a spelling whose key fits."""
    return [name for spelling, names in spellings(plan).items() if fits(key(spelling)) for name in names]


def short_name(name: str) -> str:
    """Return a name as people shorten it: 市教育局 → 教育局, 水步镇 → 水步, 台城街道 → 台城."""
    bare = re.sub(r"^[省市县区州](?=...)", "", name)
    return re.sub(r"(?<=..)(?:街道办事处|镇人民政府|镇政府|街道办|街道|镇|乡)$", "", bare)


def _place(plan: Plan) -> tuple[str, str]:
    """Return the place in the issuer's name (else in the title) and its kind: 台山, 市; empty texts for none."""
    match = re.match(r"(.{2,4}?)([省市县区州])", plan.issuer or plan.title)
    return (key(match[1]), match[2]) if match else ("", "")


def _forms(plan: Plan, typed: str) -> list[str]:
    """Return the keys to match: as typed, without the place, without 市 (台山市教育局 → 市教育局, 教育局), shortened."""
    forms = [key(typed)]
    place, kind = _place(plan)
    if place and forms[0].startswith(place) and len(forms[0]) > len(place) + 1:
        rest = forms[0][len(place) :]
        forms += [rest, rest.removeprefix(kind)]
    return list(dict.fromkeys([*forms, *map(short_name, forms)]))


# -- the steps ------------------------------------------------------------------------------------------


def _by_name(plan: Plan, typed: str) -> list[str]:
    name = key(typed)
    return _owners(plan, lambda spelling: spelling == name)


def _by_short_name(plan: Plan, typed: str) -> list[str]:
    forms = set(_forms(plan, typed))
    return _owners(plan, lambda spelling: short_name(spelling) in forms)


def _by_script(plan: Plan, typed: str) -> list[str]:
    folded = simplified_name(typed)
    return [] if folded == typed else _by_name(plan, folded) or _by_short_name(plan, folded)


def _by_pinyin(plan: Plan, typed: str) -> list[str]:
    letters = pinyin.letters_of(typed)
    if letters is None:
        return []
    place, kind = _place(plan)
    rest = {letters, *_without_sound(letters, place), *_without_sound(letters, place + kind)}
    return _owners(
        plan,
        lambda spelling: any(pinyin.spelt(form, name) for form in rest for name in (spelling, short_name(spelling))),
    )


def is_named(plan: Plan, typed: str, name: str) -> bool:
    """True if a name or alias of a unit or group was typed, in either script."""
    return name in _by_name(plan, typed) or name in _by_name(plan, simplified_name(typed))


def units_by_pinyin(plan: Plan, typed: str) -> tuple[list[str], list[str]]:
    """Return the units whose whole pinyin or initials were typed, and those that what was typed begins, in registry order."""
    units = {unit.name for unit in plan.units}
    whole, begun = (_in_registry_order(plan, units & set(step(plan, typed))) for step in (_by_pinyin, _by_start))
    return whole, _in_registry_order(plan, [*whole, *begun])


def _without_sound(letters: str, place: str) -> list[str]:
    """Return the letters without the pinyin of a place at their beginning (taishanjiaoyuju → jiaoyuju)."""
    if not place:
        return []
    sounds = {pinyin.sound(place), pinyin.initials(place)}
    return [letters[len(sound) :] for sound in sounds if letters.startswith(sound) and len(letters) > len(sound) + 1]


def _by_start(plan: Plan, typed: str) -> list[str]:
    letters = pinyin.letters_of(typed)
    if letters is not None and len(letters) > 1:
        return _owners(
            plan, lambda spelling: pinyin.begins(letters, spelling) or pinyin.begins(letters, short_name(spelling))
        )
    forms = tuple(form for form in _forms(plan, simplified_name(typed)) if len(form) > 1)
    return _owners(plan, lambda spelling: spelling.startswith(forms) or short_name(spelling).startswith(forms))


def _by_part(plan: Plan, typed: str) -> list[str]:
    forms = _forms(plan, simplified_name(typed))
    return _owners(plan, lambda spelling: any(form in spelling for form in forms))


def _is_too_short(plan: Plan, typed: str) -> bool:
    """True if a part of a name is too little to name a unit: a single character, or only a place (江门市)."""
    part = key(simplified_name(typed))
    return len(part) < 2 or re.search(r"[省市县区州]$", part) is not None or part == _place(plan)[0]


def _by_abbreviation(plan: Plan, typed: str) -> list[str]:
    forms = [form for form in _forms(plan, simplified_name(typed)) if len(form) > 1 and all(map(is_han, form))]
    return _owners(plan, lambda spelling: any(_abbreviates(form, short_name(spelling)) for form in forms))


_BODY_SUFFIX = r"[局办委会院部厅处所站社队中心]$"


def _abbreviates(form: str, name: str) -> bool:
    """True if a form has characters of a name in their order, from its first; a 局 must be the last of both."""
    if len(form) >= len(name) or not name.startswith(form[0]):
        return False
    if re.search(_BODY_SUFFIX, form) and not name.endswith(form[-1]):
        return False
    rest = iter(name)
    return all(char in rest for char in form)


_LOOSE = (_by_pinyin, _by_start, _by_abbreviation, _by_part)
_PARTIAL = (_by_start, _by_part)
_STEPS = (_by_name, _by_short_name, _by_script, *_LOOSE)


def suggest_units(plan: Plan, typed: str, count: int = 3) -> list[str]:
    """Return the units and groups with the nearest names, best first: by sound, by a part, by sight, by like sound.

    At most `count`.
    """
    from difflib import get_close_matches

    folded = simplified_name(typed)
    letters = pinyin.letters_of(typed)
    sound = letters or pinyin.sound(key(folded))
    shapes: dict[str, list[str]] = {}
    sounds: dict[str, list[str]] = {}
    for spelling, names in spellings(plan).items():
        for form in (key(spelling), short_name(key(spelling))):
            shapes.setdefault(form, []).extend(names)
            sounds.setdefault(pinyin.sound(form), []).extend(names)
            if letters:
                sounds.setdefault(pinyin.initials(form), []).extend(names)
    same = sounds.get(sound, [])
    parts = _by_part(plan, typed) if _is_too_short(plan, typed) else []
    near = [] if letters else nearest(_forms(plan, folded)[-1], shapes, 12)
    similar = [name for form in near for name in shapes[form]]
    alike = [name for other in get_close_matches(sound, sounds, 6, 0.76) for name in sounds[other]]
    return list(dict.fromkeys([*same, *parts, *similar, *alike]))[:count]
