"""gkcheck: a responsibility table as a ledger that cannot lose a fact."""

__version__ = "0.2.0"
