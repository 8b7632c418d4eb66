"""What the workers do for the tree."""

from __future__ import annotations

from celery import shared_task

from core.actor import SYSTEM
from orgs.choices import IntegrityState
from orgs.models import IntegrityRun
from orgs.services import integrity, reorganising


@shared_task(name="orgs.tasks.verify_tree")
def verify_tree() -> int:
    """Prove the tree and keep the result on record; how many things are wrong."""
    return integrity.carry_out(integrity.begin_run(SYSTEM)).found


@shared_task(name=integrity.TASK)
def check_integrity(run_id: int) -> int:
    """Carry out a run that somebody asked for; how many things are wrong. A second delivery does nothing."""
    run = IntegrityRun.objects.get(pk=run_id)
    if run.state != IntegrityState.RUNNING:
        return run.found
    return integrity.carry_out(run).found


@shared_task(name="orgs.tasks.apply_reorganisations")
def apply_reorganisations() -> int:
    """Carry out what was scheduled for today or before; how many were."""
    done, _failed = reorganising.apply_due()
    return done
