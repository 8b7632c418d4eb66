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


class ExcuseKind(models.TextChoices):
    """What a superior may grant: the obligation is lifted, or has a later day."""

    EXEMPT = "exempt", "免报"
    DEFERRED = "deferred", "缓报"


class ExcuseState(models.TextChoices):
    """How an exemption or an extension stands."""

    EXEMPT = "exempt", "本期免报"
    RUNNING = "running", "缓报期内未报"
    IN_TIME = "in_time", "缓报期内已报"
    LATE = "late", "缓报期满后报"
    MISSING = "missing", "缓报期满未报"
    LIFTED = "lifted", "已撤销"
