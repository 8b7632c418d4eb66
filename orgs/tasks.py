"""What the workers do for the tree."""

from __future__ import annotations

from collections import Counter

from celery import shared_task

from audit.services import record
from core.actor import SYSTEM
from orgs.selectors import verification


@shared_task(name="orgs.tasks.verify_tree")
def verify_tree() -> int:
    """Prove the tree and keep the result on record; how many things are wrong."""
    findings = verification.verify_tree()
    kinds = dict(Counter(finding.code for finding in findings))
    record(
        kind="orgs.tree_verified",
        by=SYSTEM,
        summary=f"核对组织树：{len(findings):,} 处有误" if findings else "核对组织树：无误",
        data={"findings": kinds, "first": [finding.message for finding in findings[:20]]},
    )
    return len(findings)
