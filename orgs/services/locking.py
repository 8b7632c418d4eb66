"""One writer of the tree at a time: concurrent writers corrupt a nested set."""

from __future__ import annotations

from core.locks import one_at_a_time


def lock_tree() -> None:
    """Wait for the tree; it is given back when the transaction ends."""
    one_at_a_time("orgs.tree")
