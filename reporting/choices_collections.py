"""The words of collections."""

from django.db import models


class CollectionState(models.TextChoices):
    DRAFT = "draft", "草稿"
    RUNNING = "running", "执行中"
    PAUSED = "paused", "已停用"
    OVER = "over", "已办结"

    @property
    def pill(self) -> tuple[str, str, str]:
        """Label, tone and icon."""
        tone, icon = {
            "draft": ("neutral", "pencil"),
            "running": ("success", "check-circle"),
            "paused": ("warning", "x-circle"),
            "over": ("info", "lock"),
        }[self.value]
        return (str(self.label), tone, icon)
