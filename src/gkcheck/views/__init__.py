"""Ledger rows → tables (`tables`, `matrix`, `exports`), documents (`bulletin`, `letters`, `published`) and JSON (`contract`)."""
