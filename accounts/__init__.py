"""Users, their dated postings (user × role × unit), and what each role may do where."""
