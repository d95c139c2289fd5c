"""form and collect: fill-in workbooks out to the units, and back into the journal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gkcheck import names
from gkcheck.cli.files import ForceOption, check_targets, make_folder, safe_name, save_all
from gkcheck.cli.output import write
from gkcheck.cli.proving import progress
from gkcheck.cli.session import Session, session_of, talk
from gkcheck.entries import fold, live
from gkcheck.errors import BadRequest
from gkcheck.ledger import Ledger
from gkcheck.recording import units_meant

if TYPE_CHECKING:
    from gkcheck.forms import Form

app = typer.Typer()

_AT_ONCE = 200
"""How many forms are made and written at a time: more would only take memory."""

_LISTED = 5


@app.command("form")
def form(
    ctx: typer.Context,
    unit: Annotated[
        list[str] | None,
        typer.Option("--unit", "-u", metavar="单位", help="只写这个责任单位（或类别）的，可以写多次；默认全部"),
    ] = None,
    folder: Annotated[str, typer.Option("--output", "-o", metavar="目录", help="写到这个目录，没有就新建")] = ".",
    force: ForceOption = False,
) -> None:
    """给每个责任单位写一份填报表（xlsx），只含它的责任项；填好后用 gkcheck collect 收回。

    例：gkcheck form -o 填报表
    """
    session = session_of(ctx)
    targets = _named(_forms(session, unit or []), Path(folder))
    make_folder(Path(folder))
    check_targets(list(targets), force)
    from gkcheck.forms.out import render_form

    paths = list(targets)
    with progress("写填报表", len(paths)) as step:
        for start in range(0, len(paths), _AT_ONCE):
            files = {}
            for path in paths[start : start + _AT_ONCE]:
                files[path] = render_form(targets[path])
                step()
            save_all(files, force)
    for path in paths[:_LISTED]:
        write(f"{path}\n")
    if len(paths) > _LISTED:
        write(f"……共 {len(paths)} 份，在 {Path(folder)}\n")
    talk(f"已写出 {len(paths)} 份填报表；填好后用 gkcheck collect 收回")


def _forms(session: Session, typed: Sequence[str]) -> list[Form]:
    from gkcheck.forms.making import forms_of

    plan = session.plan
    one = session.setting("unit").value
    wanted = list(typed) or ([one] if one is not None else [])
    units = [unit.name for unit in plan.units] + [group.name for group in plan.groups]
    if wanted:
        units = list(
            dict.fromkeys(member for word in wanted for member in units_meant(plan, names.unit_named(plan, word)))
        )
    entries = session.history.entries
    ledger = Ledger(plan, fold(live(entries)), session.today)
    found = forms_of(ledger, entries, units, session.now.isoformat(timespec="seconds"))
    if not found:
        raise BadRequest(f"{'、'.join(wanted) or '责任分工表'}没有责任项，不用填报")
    return found


def _named(forms: Sequence[Form], folder: Path) -> dict[Path, Form]:
    """Where each form goes: the unit's name as a file name; where two are the same on some system, numbered."""
    targets: dict[Path, Form] = {}
    taken: set[str] = set()
    for found in forms:
        stem = safe_name(found.unit)
        name, turn = stem, 1
        while name.casefold() in taken:
            turn += 1
            name = f"{stem}-{turn}"
        taken.add(name.casefold())
        targets[folder / f"{name}.xlsx"] = found
    return targets
