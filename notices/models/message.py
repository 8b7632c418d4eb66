"""One message to one user, said once, and what became of its e-mail and its text message."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from notices.choices import MailState
from notices.models.dispatch import Dispatch


class MessageQuerySet(models.QuerySet):
    def to(self, user: Any) -> Self:
        return self.filter(user_id=user.pk)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Message(models.Model):
    """What a user is told. ``key`` names the occasion: the same occasion is told a user once.

    ``mail_state`` and ``sms_state`` wait until the day's dispatch takes the message along; ``mail`` and ``sms`` are
    the dispatches that did.
    """

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
    mail = models.ForeignKey(
        Dispatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="mailed", editable=False
    )
    sms_state = models.CharField(
        "短信", max_length=8, choices=MailState.choices, default=MailState.NONE, db_default=MailState.NONE
    )
    sms = models.ForeignKey(
        Dispatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="texted", editable=False
    )

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
            models.Index(fields=["id"], condition=Q(sms_state="pending"), name="notices_sms_pending"),
        ]

    def __str__(self) -> str:
        return self.title
