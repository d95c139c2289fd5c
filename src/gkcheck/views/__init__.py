"""Ledger rows → what people and programs see: `words` (wording), `tables` (tables), `contract` (JSON)."""
