"""The registration of a form that came back: who filled it in, and the telephone number. Both go to the register."""

from __future__ import annotations

from string import ascii_uppercase

from gkcheck.contacts import Contact
from gkcheck.forms.layout import PERSON, PHONE
from gkcheck.forms.read import Cell, FilledForm
from gkcheck.text.phones import is_phone, name_and_phone


def filled_in_by(form: FilledForm, row_person: str = "") -> str:
    """Return who filled in a row: the person in the row itself (forms of before), that of the form, or the unit."""
    return name_and_phone(row_person)[0] or contact_of_form(form).name or form.unit


def contact_of_form(form: FilledForm) -> Contact:
    """Return the contact that a form names: the first name that has a number in its row, else the first of each."""
    by_row: dict[str, list[str]] = {}
    for cell in form.registration[PERSON]:
        by_row[_row(cell)] = list(name_and_phone(cell.text))
    for cell in form.registration[PHONE]:
        by_row.setdefault(_row(cell), ["", ""])[1] = cell.text
    people = sorted(by_row.values(), key=lambda person: not all(person))
    names, phones = ([one[i] for one in people if one[i]] for i in (0, 1))
    return Contact(names[0] if names else None, phones[0] if phones else None, form.made_at)


def _row(cell: Cell) -> str:
    """Return the address of a cell without its column."""
    sheet, _, place = cell.address.rpartition("!")
    return f"{sheet}!{place.lstrip(ascii_uppercase)}"


def wrong_phone(form: FilledForm) -> Cell | None:
    """Return the first cell in which something else stands in the place of a telephone number."""
    return next((cell for cell in form.registration[PHONE] if cell.text and not is_phone(cell.text)), None)
