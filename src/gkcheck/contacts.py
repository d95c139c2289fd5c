"""The register of contacts: whom to call at each unit, as its last form says. It is for the office and for letters.

It lies beside the user's settings, readable by its user only, and is no part of the journal: nothing that is passed
round (bulletins, exports, histories) is made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gkcheck.errors import BadConfig, NoHome, refusal
from gkcheck.model import Plan
from gkcheck.paths import config_directory
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any


class Contact(NamedTuple):
    """Whom to call: 联系人 and 联系电话. `made` is the time of the form that said so, "" where the plan says so."""

    name: str | None
    phone: str | None
    made: str = ""


def contacts_path() -> Path:
    """Return the path of the register; the file need not exist."""
    return config_directory() / "contacts.json"


def contact_of(plan: Plan, register: Mapping[str, Contact], unit: str) -> Contact | None:
    """Return the contact of a unit: the plan's where it names one, else that of the unit's last form; None without."""
    written = next((Contact(one.contact, one.phone) for one in plan.units if one.name == unit), None)
    return written if written and (written.name or written.phone) else register.get(unit)


def known_contacts(plan: Plan) -> dict[str, Contact]:
    """Return the contacts that forms of a plan named, by unit; none where the user has no home to keep them in."""
    try:
        return load_contacts(contacts_path(), plan.id)
    except NoHome:
        return {}


def load_contacts(path: Path, plan: str) -> dict[str, Contact]:
    """Return the contacts of the units of a plan, by its id; none where there is no file.

    Raises:
        BadConfig: the file cannot be read, or is no register.
    """
    return {unit: Contact(**fields) for unit, fields in _load(path).get(plan, {}).items()}


def save_contacts(
    path: Path, plan: str, contacts: Mapping[str, Contact], lock_limit: float, notice: Callable[[], None]
) -> int:
    """Add contacts to the register of a plan; one of an earlier form never takes the place of a later one.

    Args:
        lock_limit, notice: how long to wait for another writer, in seconds, and whom to tell (`journal.lock`).

    Returns:
        How many units have another contact than before.

    Raises:
        BadConfig: the register cannot be read or written.
        StoreFault: another writer held the lock for longer than `lock_limit`.
    """
    import json

    from gkcheck.atomic_files import make_private, replace
    from gkcheck.journal.lock import hold_lock

    if not _newer(_load(path).get(plan, {}), contacts):
        return 0
    try:
        make_private(path.parent)
        with hold_lock(path.with_name(path.name + ".lock"), lock_limit, notice):
            register = _load(path)
            known = register.setdefault(plan, {})
            newer = _newer(known, contacts)
            changed = sum(unit not in known or Contact(**known[unit])[:2] != newer[unit][:2] for unit in newer)
            known |= {unit: contact._asdict() for unit, contact in newer.items()}
            replace(path, (json.dumps(register, ensure_ascii=False, indent=2) + "\n").encode())
    except OSError as error:
        raise BadConfig(f"写不了联系人名册 {path}：{refusal(error, '请检查权限')}") from None
    return changed


def _newer(known: Mapping[str, Any], contacts: Mapping[str, Contact]) -> dict[str, Contact]:
    """Return the contacts that are not known, by unit, without those of an earlier form than the known one."""
    return {
        unit: contact
        for unit, contact in contacts.items()
        if (before := known.get(unit)) is None or (before["made"] <= contact.made and before != contact._asdict())
    }


def _load(path: Path) -> dict[str, dict[str, Any]]:
    import json

    try:
        register = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise BadConfig(f"读不了联系人名册 {path}：{refusal(error, '请检查它，或改名、删除后重试')}") from None
    except (ValueError, RecursionError):
        register = None
    if not _is_register(register):
        raise BadConfig(f"联系人名册 {path} 已损坏，请改正，或改名、删除后重新收取填报表")
    return register  # type: ignore[no-any-return]


def _is_register(value: Any) -> bool:
    """True for plans by id, in each the units by name, in each the fields of a contact."""
    units = [unit for plan in value.values() for unit in _values(plan)] if isinstance(value, dict) else [None]
    return all(
        isinstance(unit, dict)
        and unit.keys() == set(Contact._fields)
        and isinstance(unit["made"], str)
        and all(isinstance(text, str | None) for text in unit.values())
        for unit in units
    )


def _values(plan: Any) -> list[Any]:
    return list(plan.values()) if isinstance(plan, dict) else [None]
