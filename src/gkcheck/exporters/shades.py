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
}
