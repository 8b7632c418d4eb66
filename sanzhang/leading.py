"""What this floor tells those below about who leads affiliates, and what it hears of them."""

from __future__ import annotations

from audit.services import listen
from orgs.leading import register_leaders
from sanzhang.selectors.leading import SOURCE
from sanzhang.services.leading import end_with_affiliate


def declare_leaders() -> None:
    """Called once at start."""
    register_leaders(SOURCE)
    listen("orgs.affiliate_exited", end_with_affiliate)
