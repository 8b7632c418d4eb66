"""Who is told of which act."""
