"""The light colours of marks in Word and in workbooks. They only repeat what a cell says."""

from __future__ import annotations

from gkcheck.table import Mark

HEAD = "E7EDF3"
"""The shade of header rows."""

SHADES = {
    Mark.OVERDUE: "F4B9A7",
    Mark.RETURNED: "E3C6E8",
    Mark.BLOCKED: "FFE0A3",
    Mark.DUE_SOON: "FFF2CC",
    Mark.DOING: "CFE6F7",
    Mark.DONE: "BFE8D8",
    Mark.CONFIRMED: "7FCDB0",
    Mark.RED: "F4B9A7",
    Mark.YELLOW: "FFE58A",
    Mark.GREEN: "A9DDB9",
}

SURE, REPORTED, TRACK = "0B4F8A", "8FB9DD", "DFE4E9"
"""The colours of a bar: what is confirmed, what else is reported, and the rest."""

EXPECTED = "B35900"
"""The colour of the line of the expected progress."""
