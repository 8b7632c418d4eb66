"""What Celery calls: each task one service, safe to run twice."""

from __future__ import annotations

import logging

from celery import shared_task

from core import clock
from reporting.services import advancing, reminding, subscriptions

logger = logging.getLogger("kexie.reporting")


@shared_task(name="reporting.tasks.advance_cycles")
def advance_cycles() -> None:
    """Open the next cycle, and take the registry figures of windows that have ended."""
    done = advancing.advance(at=clock.now())
    if done.opened or done.facts:
        logger.info("opened %s cycles, computed the facts of %s", done.opened, done.facts)
    for words in done.refused:
        logger.warning("a collection was not opened: %s", words)


@shared_task(name="reporting.tasks.remind_owing")
def remind_owing() -> None:
    """Remind whoever holds what is owed; what goes out of the portal keeps its own quiet hours."""
    logger.info("sent %s reminders", reminding.remind(at=clock.now()))


@shared_task(name="reporting.tasks.deliver_subscriptions")
def deliver_subscriptions() -> None:
    """Start the files that are due, and tell whose are finished."""
    started, told = subscriptions.deliver(at=clock.now())
    if started or told:
        logger.info("started %s subscribed files, told of %s", started, told)
