"""One table of tests for each recogniser: pieces of text, and what each of them is."""
