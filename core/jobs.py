"""Handing work to the workers by name, so that a floor need not import the task it starts."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger("kexie.jobs")


def enqueue(task: str, *args: Any) -> None:
    """Send ``task`` once the present transaction is committed.

    A broker that does not answer loses nothing: the row is the truth, and the periodic sweep sends it again.
    """

    def send() -> None:
        try:
            current_app.send_task(task, args=[str(arg) if not isinstance(arg, int) else arg for arg in args])
        except OperationalError:
            logger.warning("the broker did not take %s; the sweep will send it again", task)

    transaction.on_commit(send)
