"""年度区划代码更新: compared with the tree, decided difference by difference, carried out as dated reorganisations."""

from orgs.services.yearly.comparing import compare_divisions, discard_update, look_at
from orgs.services.yearly.deciding import accept_sure, decide, reset
from orgs.services.yearly.drafting import apply_drafts, draft_reorganisations

__all__ = [
    "accept_sure",
    "apply_drafts",
    "compare_divisions",
    "decide",
    "discard_update",
    "draft_reorganisations",
    "look_at",
    "reset",
]
