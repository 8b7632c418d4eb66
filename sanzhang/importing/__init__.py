"""Files that come in: read, previewed, taken."""
