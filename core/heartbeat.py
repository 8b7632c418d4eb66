"""Whether beat and a worker are alive, as a key in Redis that ends by itself."""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache

from core import clock

KEY = "heartbeat:worker"
SECONDS = 120


def beat_now() -> None:
    cache.set(KEY, clock.now().isoformat(), timeout=SECONDS)


def last_beat() -> dt.datetime | None:
    """When a worker last wrote; ``None`` once that is two minutes past."""
    written = cache.get(KEY)
    return dt.datetime.fromisoformat(written) if written else None
