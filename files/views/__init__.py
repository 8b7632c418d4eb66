"""Pages of the file room."""
