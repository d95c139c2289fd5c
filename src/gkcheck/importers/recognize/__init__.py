"""What a piece of text is and says: one recogniser a file."""
