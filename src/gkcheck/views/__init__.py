"""Ledger rows → what people and programs see: `words` (wording), `tables` (grids), `contract` (JSON)."""
