"""The contacts of units, as rows: for the office's own eyes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gkcheck.contacts import Contact, contact_of
from gkcheck.model import Plan
from gkcheck.table import Column, Table, table_of


def contacts_of(plan: Plan, register: Mapping[str, Contact], chosen: Collection[str] | None) -> dict[str, Contact]:
    """Return the contacts that are known, by unit: the plan's units in order, then classes that sent forms."""
    names = dict.fromkeys([*(unit.name for unit in plan.units), *register])
    found = {name: contact_of(plan, register, name) for name in names if chosen is None or name in chosen}
    return {name: contact for name, contact in found.items() if contact}


def fields(contacts: Mapping[str, Contact]) -> list[dict[str, str | None]]:
    """Return one object a unit, as the JSON contract has them."""
    return [
        {"unit": unit, "contact": one.name, "phone": one.phone, "source": "form" if one.made else "plan"}
        for unit, one in contacts.items()
    ]


def table(contacts: Mapping[str, Contact]) -> Table:
    """Return one row a unit."""
    columns = (Column("责任单位", wrap=True), Column("联系人", wrap=True), Column("联系电话"), Column("来源"))
    rows = [
        (unit, one.name or "", one.phone or "", f"{one.made[:10]} 的填报表" if one.made else "责任分工表")
        for unit, one in contacts.items()
    ]
    return table_of(
        columns, rows, title="联系人名册", notes=(f"共 {len(rows)} 个单位。名册只供办公室自用，请勿外传。",)
    )
