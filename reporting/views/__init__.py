"""Pages of reporting: one module per desk or act."""
