"""The running state for the system administrator: services, workers, queues, space; no business data."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import connection

from core.heartbeat import last_beat
from files.models import ExportJob, ExportState

QUEUES = {"default": "日常任务", "papers": "报表生成", "reminders": "提醒与邮件"}


@dataclass(frozen=True, slots=True)
class RunningState:
    database: str
    database_size: int
    redis: str
    worker_seen: dt.datetime | None
    queues: list[tuple[str, int]]
    exports_waiting: int
    exports_failed: int
    disk_free: int
    disk_total: int


def running_state() -> RunningState:
    """Everything the page shows, asked now."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    try:
        queues = [(label, int(client.llen(name))) for name, label in QUEUES.items()]
        version = f"Redis {client.info('server')['redis_version']}"
    except redis.RedisError:
        queues, version = [], ""
    finally:
        client.close()
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    disk = shutil.disk_usage(settings.MEDIA_ROOT)
    name, size = _database()
    return RunningState(
        database=name,
        database_size=size,
        redis=version,
        worker_seen=last_beat() if version else None,
        queues=queues,
        exports_waiting=ExportJob.objects.unfinished().count(),
        exports_failed=ExportJob.objects.filter(state=ExportState.FAILED).count(),
        disk_free=disk.free,
        disk_total=disk.total,
    )


def _database() -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    return f"PostgreSQL {version}", size
