"""A process that records entries one after the other and prints the note of each that was answered."""

from __future__ import annotations

import sys
import time

from gkcheck.errors import StoreFault
from gkcheck.journal import Scope
from gkcheck.journal.postgres.store import PostgresJournal
from gkcheck.model import Action, Draft

AT = "2019-11-01T09:00:00.000000+08:00"


def main(where: str, plan: str, name: str, count: int) -> None:
    journal = PostgresJournal(where, plan, lock_limit=60)
    for number in range(count):
        note = f"{name}-{number}"
        draft = Draft(Action.NOTE, task=number % 37 + 1, unit="市教育局", note=note)
        scope = Scope(frozenset())  # nothing recorded so far is asked for
        try:
            (entry,) = journal.record(lambda history, draft=draft: [draft], by=name, at=AT, scope=scope)  # type: ignore[misc]
        except StoreFault:
            time.sleep(0.2)
        else:
            print(entry.note, entry.id, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
