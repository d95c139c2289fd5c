"""PDF files: painted glyphs and ruled lines → lines of text, paragraphs and tables."""
