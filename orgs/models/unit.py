"""The unit as it is today, with its place in the tree."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from mptt.models import MPTTModel, TreeForeignKey, TreeManager

from orgs.choices import ANCESTOR_FIELD, CODE_DIGITS, Level, UnitKind


class ScopedQuerySet(models.QuerySet):
    """Rows that hang on a unit. ``unit_path`` is the lookup from the row to its unit, ``""`` for the unit itself.

    Scope uses the ancestor columns in the same statement as the rows it guards, never tree intervals.
    """

    unit_path = "unit"

    def _in_subtree(self, unit: OrgUnit) -> Q:
        prefix = f"{self.unit_path}__" if self.unit_path else ""
        if unit.level == Level.VILLAGE:
            return Q(**{f"{prefix}pk": unit.pk})
        return Q(**{f"{prefix}{ANCESTOR_FIELD[Level(unit.level)]}": unit.pk})

    def _of_units(self, unit_ids: list[int]) -> Q:
        prefix = f"{self.unit_path}__" if self.unit_path else ""
        return Q(**{f"{prefix}pk__in": unit_ids})

    def within(self, unit: OrgUnit) -> Self:
        """Rows of ``unit`` and everything below it."""
        return self.filter(self._in_subtree(unit))

    def visible_to(self, user: Any, permission: Any) -> Self:
        """Rows of the units that ``permission`` reaches for ``user``; none without a posting that grants it."""
        reach = user.reach_of(permission)
        if reach.everywhere:
            return self.all()
        tops = _outermost(reach.subtrees)
        parts = [self._in_subtree(unit) for unit in tops]
        own = [unit.pk for unit in reach.own if not any(unit.is_within(top) for top in tops)]
        if own:
            parts.append(self._of_units(own))
        return self.filter(reduce(or_, parts)) if parts else self.none()


def _outermost(units: Iterable[OrgUnit]) -> list[OrgUnit]:
    """``units`` without those that lie within another one of them."""
    found: list[OrgUnit] = []
    for unit in sorted(units, key=lambda unit: unit.level):
        if not any(unit.is_within(top) for top in found):
            found.append(unit)
    return found


class OrgUnitQuerySet(ScopedQuerySet):
    unit_path = ""

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def at(self, level: Level) -> Self:
        return self.filter(level=level)

    def expected(self) -> Self:
        return self.filter(is_expected=True)

    def in_code_order(self) -> Self:
        return self.order_by("division_code")

    def names_of(self, keys: Any) -> list[str]:
        """What the units of ``keys``, or of a subquery, are called today."""
        return list(self.filter(pk__in=keys).order_by().values_list("display_name", flat=True))

    def search(self, text: str) -> Self:
        """By name, code, pinyin or its initials; several words must all match."""
        found = self
        for word in text.lower().split():
            found = found.filter(
                Q(display_name__contains=word)
                | Q(division_code__startswith=word)
                | Q(pinyin_joined__startswith=word)
                | Q(initials__startswith=word)
            )
        return found


class OrgUnitManager(TreeManager.from_queryset(OrgUnitQuerySet)):  # type: ignore[misc]
    """The tree manager with the unit's own questions."""


class OrgUnit(MPTTModel):
    """One association's territory, one per administrative division, for as long as the division lives.

    ``parent`` and ``division_code`` are the truth; the intervals and ancestor columns follow from them and are
    written by ``orgs.services`` alone.
    """

    parent = TreeForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name="上级单位",
    )
    name = models.CharField("区划名称", max_length=80)
    display_name = models.CharField("全称", max_length=160)
    division_code = models.CharField("行政区划代码", max_length=12)
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    kind = models.CharField("类别", max_length=8, choices=UnitKind.choices, default=UnitKind.REGULAR)
    is_expected = models.BooleanField("应建科协", default=True)
    expected_confirmed = models.BooleanField("应建已确认", default=False)
    opened_on = models.DateField("设立日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    province = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    city = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    county = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    township = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    lft = models.PositiveIntegerField(editable=False)
    rght = models.PositiveIntegerField(editable=False)
    tree_id = models.PositiveIntegerField(editable=False)
    depth = models.PositiveIntegerField(editable=False)

    pinyin = models.CharField(max_length=240, blank=True, editable=False)
    pinyin_joined = models.CharField(max_length=240, blank=True, editable=False)
    initials = models.CharField(max_length=80, blank=True, editable=False)

    objects = OrgUnitManager()

    class MPTTMeta:
        level_attr = "depth"
        order_insertion_by = ["division_code"]

    class Meta:
        verbose_name = verbose_name_plural = "科协组织"
        ordering = ["division_code"]
        indexes = [
            models.Index(fields=["province", "level"], name="orgs_unit_province"),
            models.Index(fields=["city", "level"], name="orgs_unit_city"),
            models.Index(fields=["county", "level"], name="orgs_unit_county"),
            models.Index(fields=["township", "level"], name="orgs_unit_township"),
            models.Index(fields=["tree_id", "lft"], name="orgs_unit_order"),
            models.Index(fields=["initials"], name="orgs_unit_initials", opclasses=["text_pattern_ops"]),
            models.Index(fields=["pinyin_joined"], name="orgs_unit_pinyin", opclasses=["text_pattern_ops"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["division_code"], condition=Q(closed_on__isnull=True), name="orgs_open_code_is_unique"
            ),
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    [
                        Q(level=level.value, division_code__regex=rf"^[0-9]{{{digits}}}$")
                        for level, digits in CODE_DIGITS.items()
                    ],
                ),
                name="orgs_code_has_the_digits_of_its_level",
            ),
            models.CheckConstraint(condition=Q(lft__lt=F("rght")), name="orgs_interval_is_open"),
            models.CheckConstraint(
                condition=Q(level=1, parent__isnull=True) | Q(level__gt=1, parent__isnull=False),
                name="orgs_only_a_province_is_a_root",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="orgs_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def association(self) -> str:
        """历下区科协, 历下区解放路街道科协."""
        return f"{self.display_name}科协"

    @property
    def is_zone(self) -> bool:
        return self.kind == UnitKind.ZONE

    def ancestor_ids(self) -> list[int]:
        """Primary keys of the units above and of the unit itself, from the top."""
        columns = [self.province_id, self.city_id, self.county_id, self.township_id]
        ids = [pk for pk in columns if pk is not None]
        return ids if self.pk in ids else [*ids, self.pk]

    def is_within(self, unit: OrgUnit) -> bool:
        """Whether this unit is ``unit`` or lies below it."""
        return unit.pk in self.ancestor_ids()
