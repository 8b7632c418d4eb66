"""Rows as the API shows and takes them."""
