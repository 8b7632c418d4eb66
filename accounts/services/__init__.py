"""What is done to accounts, postings, passwords and sessions."""
