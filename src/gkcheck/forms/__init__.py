"""The fill-in workbook of a unit (填报表): out to the unit, and back into the journal.

Out: `build` gathers a form from the ledger and `render` writes it on a `template`. Back: `read` reads a workbook that
was filled in, `validate` turns its rows into drafts and `result_table` lists them. `layout` is common to both ways.
`takeover` does with an office's own ledger what `validate` does with forms; `ledger_match` finds the task and units of a row.
"""
