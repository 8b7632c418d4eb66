"""The append-only record of who did what. The application's database role may insert and read, nothing else."""
