"""What a person typed → the unit, group, section or task that is meant. One door for every command.

A name is tried in steps, and the first step that finds anything decides: the exact name or alias; the
short form (without the leading 市, without the name of the place, a town without 镇); the same after
Traditional script is made Simplified; pinyin, initials or full; then, loosely, the beginning of a name,
an abbreviation (卫健局 for 市卫生健康局), a part of a name. Several finds are ambiguous and listed; none
at all: the nearest, by sight and by sound, are suggested.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from gkcheck.errors import AmbiguousName, UnknownName
from gkcheck.model import Group, Plan, Unit
from gkcheck.text import pinyin
from gkcheck.text.normalize import is_han, key
from gkcheck.text.script import simplified
from gkcheck.text.similarity import nearest


class NameMatch(NamedTuple):
    """The unit or group that was meant, and how surely.

    `loose`: by pinyin, a beginning or an abbreviation, not by a name of it; `inner`: only by a piece out of
    the middle of a name (工商局 of 市科工商务局), good enough to ask by and not to record by.
    """

    name: str
    loose: bool = False
    inner: bool = False


def unit_named(plan: Plan, typed: str) -> str:
    """The name of the unit or group that `typed` means.

    Raises:
        UnknownName: nothing is called so; the text suggests the nearest.
        AmbiguousName: several are; the text lists them.
    """
    return unit_meant(plan, typed).name


def unit_meant(plan: Plan, typed: str) -> NameMatch:
    """As `unit_named`, and how surely: who records says aloud what was found loosely."""
    if not key(typed):
        raise UnknownName("没有写单位名称，用 gkcheck units 查看全部单位")
    for step in _STEPS:
        found = _in_registry_order(plan, step(plan, typed))
        if len(found) == 1:
            if step in _IN_PART and _says_too_little(plan, typed):
                break
            return NameMatch(found[0], loose=step in _LOOSE, inner=step is _by_part)
        if found:
            raise AmbiguousName(f"“{typed.strip()}”可以指 {len(found)} 个单位：{_listed(found)}，请写全名")
    suggested = suggestions(plan, typed)
    hint = f"，是否要找：{'、'.join(suggested)}" if suggested else ""
    raise UnknownName(f"没有叫“{typed.strip()}”的单位{hint}（用 gkcheck units 查看全部）")


def _listed(names: list[str]) -> str:
    return "、".join(names[:12]) + (f" 等 {len(names)} 个" if len(names) > 12 else "")


def _in_registry_order(plan: Plan, names: Iterable[str]) -> list[str]:
    wanted = set(names)
    return [thing.name for thing in _things(plan) if thing.name in wanted] if wanted else []


def _things(plan: Plan) -> list[Unit | Group]:
    return [*plan.units, *plan.groups]


def spellings(plan: Plan) -> dict[str, list[str]]:
    """Every name and alias, with the units or groups it belongs to, in registry order."""
    names: dict[str, list[str]] = {}
    for thing in _things(plan):
        for spelling in (thing.name, *thing.aliases):
            names.setdefault(spelling, []).append(thing.name)
    return names


def _owners(plan: Plan, fits: Callable[[str], bool]) -> list[str]:
    """Who owns a spelling whose key fits."""
    return [name for spelling, names in spellings(plan).items() if fits(key(spelling)) for name in names]


def short(name: str) -> str:
    """A name as people shorten it: 市教育局 → 教育局, 水步镇 → 水步, 台城街道 → 台城."""
    bare = re.sub(r"^[省市县区州](?=...)", "", name)
    return re.sub(r"(?<=..)(?:街道办事处|镇人民政府|镇政府|街道办|街道|镇|乡)$", "", bare)


def _place(plan: Plan) -> tuple[str, str]:
    """The place that the plan's issuer is in, and what it is: 台山, 市."""
    found = re.match(r"(.{2,4}?)([省市县区州])", plan.issuer or plan.title)
    return (key(found[1]), found[2]) if found else ("", "")


def _forms(plan: Plan, typed: str) -> list[str]:
    """The key of what was typed as it is, then without the place and without 市 (台山市教育局 → 市教育局, 教育局)."""
    forms = [key(typed)]
    place, kind = _place(plan)
    if place and forms[0].startswith(place) and len(forms[0]) > len(place) + 1:
        rest = forms[0][len(place) :]
        forms += [rest, rest.removeprefix(kind)]
    return list(dict.fromkeys([*forms, *map(short, forms)]))


# -- the steps ------------------------------------------------------------------------------------------


def _by_name(plan: Plan, typed: str) -> list[str]:
    wanted = key(typed)
    return _owners(plan, lambda spelling: spelling == wanted)


def _by_short_name(plan: Plan, typed: str) -> list[str]:
    wanted = set(_forms(plan, typed))
    return _owners(plan, lambda spelling: short(spelling) in wanted)


def _by_script(plan: Plan, typed: str) -> list[str]:
    folded = simplified_name(typed)
    return [] if folded == typed else _by_name(plan, folded) or _by_short_name(plan, folded)


def simplified_name(typed: str) -> str:
    """Simplified; bytes that were no text (lone surrogates) become question marks."""
    return typed if typed.isascii() else simplified(typed.encode("utf-8", "replace").decode())


def _by_pinyin(plan: Plan, typed: str) -> list[str]:
    letters = pinyin.letters_of(typed)
    if letters is None:
        return []
    place, kind = _place(plan)
    rest = {letters, *_without_sound(letters, place), *_without_sound(letters, place + kind)}
    return _owners(
        plan, lambda spelling: any(pinyin.spelt(form, name) for form in rest for name in (spelling, short(spelling)))
    )


def _without_sound(letters: str, place: str) -> list[str]:
    """Letters without the pinyin of a place at their beginning (taishanjiaoyuju → jiaoyuju)."""
    if not place:
        return []
    sounds = {pinyin.sound(place), pinyin.initials(place)}
    return [letters[len(sound) :] for sound in sounds if letters.startswith(sound) and len(letters) > len(sound) + 1]


def _by_start(plan: Plan, typed: str) -> list[str]:
    letters = pinyin.letters_of(typed)
    if letters is not None and len(letters) > 1:
        return _owners(
            plan, lambda spelling: pinyin.begins(letters, spelling) or pinyin.begins(letters, short(spelling))
        )
    forms = tuple(form for form in _forms(plan, simplified_name(typed)) if len(form) > 1)
    return _owners(plan, lambda spelling: spelling.startswith(forms) or short(spelling).startswith(forms))


def _by_part(plan: Plan, typed: str) -> list[str]:
    forms = _forms(plan, simplified_name(typed))
    return _owners(plan, lambda spelling: any(form in spelling for form in forms))


def _says_too_little(plan: Plan, typed: str) -> bool:
    """Whether a part, though only one name has it, is no name: a single character, or only a place (江门市)."""
    wanted = key(simplified_name(typed))
    return len(wanted) < 2 or re.search(r"[省市县区州]$", wanted) is not None or wanted == _place(plan)[0]


def _by_abbreviation(plan: Plan, typed: str) -> list[str]:
    forms = [form for form in _forms(plan, simplified_name(typed)) if len(form) > 1 and all(map(is_han, form))]
    return _owners(plan, lambda spelling: any(_abbreviates(form, short(spelling)) for form in forms))


_BODY = r"[局办委会院部厅处所站社队中心]$"


def _abbreviates(form: str, name: str) -> bool:
    """Whether a form is made of characters of a name in their order, from its first; a 局 must be the last of both."""
    if len(form) >= len(name) or not name.startswith(form[0]):
        return False
    if re.search(_BODY, form) and not name.endswith(form[-1]):
        return False
    rest = iter(name)
    return all(char in rest for char in form)


_LOOSE = (_by_pinyin, _by_start, _by_abbreviation, _by_part)
_IN_PART = (_by_start, _by_part)
_STEPS = (_by_name, _by_short_name, _by_script, *_LOOSE)


def suggestions(plan: Plan, typed: str, count: int = 3) -> list[str]:
    """The units and groups whose names are nearest to what was typed, best first: by sight, then by sound."""
    from difflib import get_close_matches

    folded = simplified_name(typed)
    letters = pinyin.letters_of(typed)
    heard = letters or pinyin.sound(key(folded))
    shapes: dict[str, list[str]] = {}
    sounds: dict[str, list[str]] = {}
    for spelling, names in spellings(plan).items():
        for form in (key(spelling), short(key(spelling))):
            shapes.setdefault(form, []).extend(names)
            sounds.setdefault(pinyin.sound(form), []).extend(names)
            if letters:
                sounds.setdefault(pinyin.initials(form), []).extend(names)
    same = sounds.get(heard, [])
    parts = _by_part(plan, typed) if _says_too_little(plan, typed) else []
    near = [] if letters else nearest(_forms(plan, folded)[-1], shapes, 12)
    seen = [name for form in near for name in shapes[form]]
    alike = [name for sound in get_close_matches(heard, sounds, 6, 0.76) for name in sounds[sound]]
    return list(dict.fromkeys([*same, *parts, *seen, *alike]))[:count]
