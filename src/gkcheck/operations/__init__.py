"""Decide what a request adds to the journal, and what an answer is about. Pure: no terminal, no files."""
