"""Lists as tables: their columns, and where a cell leads."""
