"""What one person agreed to."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core import clock


class SmsConsent(models.Model):
    """Somebody asked to be reminded by text message, at the number kept with the account; gone when withdrawn."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sms_consent", verbose_name="账号"
    )
    agreed_at = models.DateTimeField("同意时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "短信提醒同意"

    def __str__(self) -> str:
        return f"{self.user} {self.agreed_at:%Y-%m-%d}"
