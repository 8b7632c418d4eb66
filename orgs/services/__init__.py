"""Everything that writes units and their facts."""
