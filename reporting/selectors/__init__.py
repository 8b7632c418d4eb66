"""What reporting answers: one module per question."""
