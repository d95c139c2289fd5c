"""The registration of a form that came back: who filled it in, and the telephone number. Both go to the register."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_uppercase

from gkcheck.contacts import Contact
from gkcheck.forms.layout import PERSON, PHONE
from gkcheck.forms.read import Cell, FilledForm
from gkcheck.text.phones import is_phone, name_and_phone


def filled_in_by(form: FilledForm, row_person: str = "") -> str:
    """Return who filled in a row: the person in the row itself (forms of before), the first of the form, or the unit."""
    return name_and_phone(row_person)[0] or next((name for name, _ in _people(form) if name), form.unit)


def contact_of_form(form: FilledForm) -> Contact:
    """Return the contact that a form names: every name and every number once, first the names that have a number."""
    people = _people(form)
    return Contact(
        _joined(name for name, _ in people) or None, _joined(phone for _, phone in people) or None, form.made_at
    )


def _people(form: FilledForm) -> list[tuple[str, str]]:
    """Return the name and the number in each row that has any; first those that have both."""
    named = [(cell, *name_and_phone(cell.text)) for cell in form.registration[PERSON]]
    by_row: dict[str, tuple[str, str]] = {}
    for cell, name, phone in (*named, *((cell, "", cell.text) for cell in form.registration[PHONE])):
        before = by_row.get(_row(cell), ("", ""))
        by_row[_row(cell)] = (_joined((before[0], name)), _joined((before[1], phone)))
    return sorted(by_row.values(), key=lambda person: not all(person))


def _joined(texts: Iterable[str]) -> str:
    """Return texts as a list, each once."""
    return "、".join(dict.fromkeys(filter(None, texts)))


def _row(cell: Cell) -> str:
    """Return the address of a cell without its column."""
    sheet, _, place = cell.address.rpartition("!")
    return f"{sheet}!{place.lstrip(ascii_uppercase)}"


def wrong_phones(form: FilledForm) -> list[Cell]:
    """Return the cells in which something else stands in the place of a telephone number."""
    return [cell for cell in form.registration[PHONE] if cell.text and not is_phone(cell.text)]
