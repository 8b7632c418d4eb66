"""The demo province: invented people and twelve months of work on the real divisions, the same for the same seed."""
