"""What may be done in reporting: one module per noun, every function one transaction."""
