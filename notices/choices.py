"""Kinds of message, by which the inbox is filtered."""

from django.db import models


class Kind(models.TextChoices):
    REMINDER = "reminder", "催报提醒"
    REPORT = "report", "月报流转"
    CORRECTION = "correction", "更正"
    ACCOUNT = "account", "账号"
    SYSTEM = "system", "系统"
