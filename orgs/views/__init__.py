"""Pages of the tree and its units."""
