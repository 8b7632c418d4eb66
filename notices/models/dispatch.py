"""What goes out to one person in one day: an e-mail, or a text message, with all that waited."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from notices.choices import Channel, MailState

#: Longer than any e-mail or text message takes to go out.
INTERRUPTED_AFTER = dt.timedelta(minutes=10)


class DispatchQuerySet(models.QuerySet):
    def interrupted(self, now: dt.datetime) -> Self:
        """Going out for longer than anything does: nobody knows whether it went."""
        return self.filter(state=MailState.SENDING, began_at__lt=now - INTERRUPTED_AFTER)


class Dispatch(models.Model):
    """Written before it is sent, so that a crash in between leaves it as of unknown outcome and it is never sent twice.

    A person gets at most one a day by each channel.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="dispatches", verbose_name="收件人"
    )
    channel = models.CharField("方式", max_length=4, choices=Channel.choices)
    day = models.DateField("日期")
    state = models.CharField("结果", max_length=8, choices=MailState.choices, default=MailState.SENDING)
    began_at = models.DateTimeField("开始发送", default=clock.now)
    ended_at = models.DateTimeField("发送完成", null=True, blank=True)
    error = models.CharField("说明", max_length=300, blank=True)
    receipt = models.CharField("回执", max_length=80, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "发送记录"
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "channel", "day"], name="notices_one_dispatch_a_day"),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "failed"]) | Q(ended_at__isnull=False),
                name="notices_dispatch_ended_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="sending"), name="notices_going_out")]

    def __str__(self) -> str:
        return f"{self.user} {self.day} {self.get_channel_display()}"
