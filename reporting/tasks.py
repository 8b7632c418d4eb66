"""What Celery calls: each task one service, safe to run twice."""

from __future__ import annotations

import logging

from celery import shared_task

from core import clock
from reporting.services import advancing

logger = logging.getLogger("kexie.reporting")


@shared_task(name="reporting.tasks.advance_cycles")
def advance_cycles() -> None:
    """Open the next cycle, and take the registry figures of windows that have ended."""
    done = advancing.advance(at=clock.now())
    if done.opened or done.facts:
        logger.info("opened %s cycles, computed the facts of %s", done.opened, done.facts)


@shared_task(name="reporting.tasks.remind_owing")
def remind_owing() -> None:
    """Remind who owes; runs in daytime hours only."""
    logger.info("sent %s reminders", advancing.remind(at=clock.now()))
