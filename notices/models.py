"""One message to one user, said once, and what became of its e-mail."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock


class MailState(models.TextChoices):
    NONE = "none", "不发邮件"
    PENDING = "pending", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    UNKNOWN = "unknown", "结果不明"


class MessageQuerySet(models.QuerySet):
    def to(self, user: Any) -> Self:
        return self.filter(user_id=user.pk)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def interrupted(self, now: dt.datetime) -> Self:
        """Mails that have been going out for longer than any mail does."""
        return self.filter(mail_state=MailState.SENDING, mailed_at__lt=now - dt.timedelta(minutes=10))


class Message(models.Model):
    """What a user is told. ``key`` names the occasion: the same occasion is told a user once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages_received"
    )
    key = models.CharField(max_length=120)
    kind = models.CharField("类别", max_length=40)
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容", blank=True)
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField("时间", default=clock.now)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    mail_state = models.CharField("邮件", max_length=8, choices=MailState.choices, default=MailState.NONE)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_error = models.CharField(max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notices_one_message_an_occasion")
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notices_unread"),
            models.Index(fields=["id"], condition=Q(mail_state="pending"), name="notices_mail_pending"),
        ]

    def __str__(self) -> str:
        return self.title
