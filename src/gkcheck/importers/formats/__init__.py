"""The bytes of a document → blocks, one file a format."""
