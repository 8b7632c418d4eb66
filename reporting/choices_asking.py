"""Words of asking one's own, and of files that come by themselves."""

from django.db import models


class Sharing(models.TextChoices):
    """Who is offered a saved question."""

    OWN = "own", "仅自己"
    UNIT = "unit", "本单位"
    LEVEL = "level", "本省同级单位"


class DeliveryRhythm(models.TextChoices):
    """When a subscribed file is made."""

    ON_LOCK = "on_lock", "每期锁定审定后"
    ON_DAY = "on_day", "每月固定日期"
