"""The list of occupations, which a province edits, and the seats each may take at each level."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orgs.choices import Level
from sanzhang.choices import Category, Field, Position


class Occupation(models.Model):
    """医院院长, 学校校长, 农技站站长 and their like, with category and field."""

    name = models.CharField("职业身份", max_length=40, unique=True)
    category = models.CharField("类别", max_length=8, choices=Category.choices)
    field = models.CharField("领域", max_length=12, choices=Field.choices)
    order = models.PositiveSmallIntegerField("顺序", default=100)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "职业身份"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class OccupationSeat(models.Model):
    """Which positions an occupation may take in the bodies of one level (Zhoukou 四(一), Shandong 三.1)."""

    occupation = models.ForeignKey(Occupation, on_delete=models.CASCADE, related_name="seats")
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    positions = ArrayField(models.CharField(max_length=16, choices=Position.choices), verbose_name="可任职务")

    class Meta:
        verbose_name = verbose_name_plural = "可任职务"
        constraints = [
            models.UniqueConstraint(fields=["occupation", "level"], name="sanzhang_seat_rule_once")
        ]

    def __str__(self) -> str:
        return f"{self.occupation}（{self.get_level_display()}）"
