"""The API: the same services, scope and rules as the pages."""
