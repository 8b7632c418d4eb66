"""Sheets that go out and come back: read, previewed, taken."""
