"""Blocks → tables and paragraphs."""
