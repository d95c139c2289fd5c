"""Recognisers of pieces of text, one a file, each with its table of tests."""
