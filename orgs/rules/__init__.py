"""What must hold of the tree and of a unit's facts, one module per noun."""
