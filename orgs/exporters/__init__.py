"""Lists and papers as files."""
