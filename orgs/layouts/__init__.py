"""The columns of sheets that go out and come back."""
