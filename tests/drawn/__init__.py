"""Notices drawn by chance with the reading that each should get, laid out in every format: python -m tests.drawn 200."""
