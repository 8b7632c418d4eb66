"""What a reorganisation does to this floor."""
