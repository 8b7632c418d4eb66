"""Telling people something once, and what goes out behind it."""

from notices.services.telling import mark_read, tell

__all__ = ["mark_read", "tell"]
