"""A study as it is given to a reader: JSON, text, Markdown."""
