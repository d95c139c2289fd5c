"""The office's clock: entries written in other time zones, and clocks that were set back. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from gkcheck.model import Entry

_SET_BACK = timedelta(hours=1)
"""A clock is doubted that is so far behind the last entry."""


def in_zone(at: str, zone: str) -> str:
    """Return a time (ISO 8601 with an offset) as it is in a zone (+08:00); as it is where it would leave the calendar."""
    if at.endswith(zone):
        return at
    office = datetime.fromisoformat(f"2000-01-01T00:00:00{zone}").tzinfo
    try:
        moved = datetime.fromisoformat(at).astimezone(office)
    except OverflowError:
        return at
    return moved.isoformat(timespec="microseconds" if "." in at else "seconds")


def day_of(at: str, zone: str) -> date:
    """Return the day of a time in a zone."""
    return date.fromisoformat(in_zone(at, zone)[:10])


def at_office(entry: Entry, zone: str) -> Entry:
    """Return an entry as decoded with its time in the office's zone."""
    if entry.at.endswith(zone):
        return entry
    return entry._replace(at=in_zone(entry.at, zone), written_at=entry.at)


def set_back(at: str, last: str, zone: str) -> str | None:
    """Return a warning where the time of a new entry is well before that of the last one; else None.

    None too where `last` is no time: a database may have been altered by hand.
    """
    try:
        if datetime.fromisoformat(last) - datetime.fromisoformat(at) <= _SET_BACK:
            return None
    except (ValueError, TypeError):
        return None
    now, then = (in_zone(time, zone)[:16].replace("T", " ") for time in (at, last))
    return f"警告：本机时间 {now} 比最后一条记录的时间 {then} 早，请校准本机时钟；这次的记录已照常写入"
