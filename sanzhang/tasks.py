"""What Celery calls: each task one service, safe to run twice."""

from __future__ import annotations

import logging

from celery import shared_task

from core import clock
from core.actor import SYSTEM
from sanzhang.services import reminding

logger = logging.getLogger("kexie.sanzhang")


@shared_task(name="sanzhang.tasks.remind_of_renewals")
def remind_of_renewals() -> None:
    """Chase the renewals that reached a new stage; nightly."""
    logger.info("chased %s renewals", reminding.remind_of_renewals(today=clock.today(), by=SYSTEM))
