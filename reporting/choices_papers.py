"""Sorts and states of the papers that are written, not only computed."""

from django.db import models


class PaperKind(models.TextChoices):
    BULLETIN = "bulletin", "通报"
    BRIEFING = "briefing", "简报"
    SUMMARY = "summary", "年终总结"


class PaperState(models.TextChoices):
    DRAFT = "draft", "起草中"
    ISSUED = "issued", "已定稿"
