"""What lists may be narrowed to."""
