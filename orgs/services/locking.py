"""One writer of the tree at a time: concurrent writers corrupt a nested set."""

from __future__ import annotations

from django.db import connection

#: The key of the advisory lock; any number that no other lock of the database has.
TREE_LOCK = 3_701_001


def lock_tree() -> None:
    """Wait for the tree; it is given back when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])
