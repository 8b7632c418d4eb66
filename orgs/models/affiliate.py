"""The second wing: learned societies, grass-roots associations, stations and teams that a unit guides."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core import clock
from core.dated import DatedFact, DatedQuerySet
from core.sealed import SealedPhone
from orgs.choices import DetailPart, Formation, KindGroup, Level, Organ, PartnerKind, Standing
from orgs.models.unit import OrgUnit, ScopedQuerySet


class AffiliateKind(models.Model):
    """A kind of affiliate: 学会, 农技协, 企业科协 …; the list is data that the province edits.

    ``indicator`` names the figure of the monthly form that counts affiliates of the kind.
    """

    key = models.SlugField("代号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    group = models.CharField("大类", max_length=12, choices=KindGroup.choices)
    levels = ArrayField(models.PositiveSmallIntegerField(choices=Level.choices), verbose_name="指导单位层级")
    parts = ArrayField(
        models.CharField(max_length=12, choices=DetailPart.choices),
        verbose_name="登记内容",
        default=list,
        blank=True,
    )
    indicator = models.CharField("月报指标", max_length=40, blank=True)
    order = models.PositiveSmallIntegerField("顺序", default=500)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "所属组织类别"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name

    def has(self, part: str) -> bool:
        return part in self.parts


class AffiliateQuerySet(ScopedQuerySet):
    unit_path = "unit"

    def standing_on(self, day: dt.date) -> Self:
        """Affiliates that existed on ``day``: founded by then and not exited."""
        stated = AffiliateState.objects.on(day).exclude(state=Standing.EXITED)
        return self.filter(pk__in=stated.values("affiliate"))

    def present(self) -> Self:
        return self.standing_on(clock.today())

    def search(self, text: str) -> Self:
        """By name, pinyin, initials, sector or host; several words must all match."""
        found = self
        for word in text.lower().split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(pinyin_joined__startswith=word)
                | Q(initials__startswith=word)
                | Q(sector__icontains=word)
                | Q(host__icontains=word)
            )
        return found


class Affiliate(SealedPhone):
    """One society, association, station or team. ``unit`` is the association that guides it."""

    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="affiliates", verbose_name="指导单位"
    )
    kind = models.ForeignKey(
        AffiliateKind, on_delete=models.PROTECT, related_name="affiliates", verbose_name="类别"
    )
    name = models.CharField("名称", max_length=80)
    pinyin = models.CharField(max_length=240, blank=True, editable=False)
    pinyin_joined = models.CharField(max_length=240, blank=True, editable=False)
    initials = models.CharField(max_length=80, blank=True, editable=False)
    sector = models.CharField("学科或行业领域", max_length=60, blank=True)
    formation = models.CharField("组建方式", max_length=12, choices=Formation.choices, blank=True)
    host = models.CharField("依托（挂靠）单位", max_length=100, blank=True)
    founded_on = models.DateField("成立日期")
    registered_number = models.CharField("登记证号", max_length=40, blank=True)
    address = models.CharField("地址", max_length=160, blank=True)
    has_party_group = models.BooleanField("已建党组织", default=False)
    party_group_since = models.DateField("党组织成立日期", null=True, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_post = models.CharField("联系人职务", max_length=60, blank=True)
    recorded_at = models.DateTimeField("登记时间", default=clock.now, editable=False)
    recorded_by = models.CharField("登记人", max_length=120, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = AffiliateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "所属组织"
        ordering = ["pinyin", "id"]
        indexes = [
            models.Index(fields=["unit", "kind"], name="orgs_affiliate_unit"),
            models.Index(fields=["pinyin", "id"], name="orgs_affiliate_pinyin"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="orgs_affiliate_has_a_name"),
            models.CheckConstraint(
                condition=Q(has_party_group=True) | Q(party_group_since__isnull=True),
                name="orgs_affiliate_party_since_has_a_group",
            ),
            models.CheckConstraint(
                condition=~Q(formation="hosted") | ~Q(host=""), name="orgs_affiliate_hosted_names_its_host"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("orgs:affiliate", args=[self.pk])


class AffiliateOrgan(models.Model):
    """A body of its government that an affiliate has; the absence of a row is the absence of the body."""

    affiliate = models.ForeignKey(Affiliate, on_delete=models.CASCADE, related_name="organs")
    organ = models.CharField("机构", max_length=20, choices=Organ.choices)
    since = models.DateField("成立或换届日期", null=True, blank=True)
    size = models.PositiveIntegerField("人数", null=True, blank=True)
    renews_on = models.DateField("下次换届", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "治理机构"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["affiliate", "organ"], name="orgs_affiliate_organ_once"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(renews_on__isnull=True) | Q(renews_on__gt=F("since")),
                name="orgs_affiliate_organ_renews_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affiliate} {self.get_organ_display()}"


class AffiliateFactQuerySet(DatedQuerySet, ScopedQuerySet):  # type: ignore[override]
    unit_path = "affiliate__unit"


class AffiliateFact(DatedFact):
    """Abstract: a dated fact of one affiliate."""

    objects: ClassVar[Any] = AffiliateFactQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        abstract = True


class AffiliateState(AffiliateFact):
    """正常, 示范, 僵尸 or 已退出 since when, why, and on what basis (Jilin 二(二))."""

    affiliate = models.ForeignKey(Affiliate, on_delete=models.CASCADE, related_name="states")
    state = models.CharField("状态", max_length=8, choices=Standing.choices)
    reason = models.CharField("原因", max_length=200, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta(AffiliateFact.Meta):
        verbose_name = verbose_name_plural = "所属组织状态"
        constraints = [
            *AffiliateFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["affiliate"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="orgs_one_present_affiliate_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["normal", "model"]) | ~Q(reason=""),
                name="orgs_affiliate_state_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affiliate}：{self.get_state_display()}"


class AffiliateMembers(AffiliateFact):
    """How many members an affiliate has as of ``valid_from``; by occupation in :class:`MemberCount`."""

    affiliate = models.ForeignKey(Affiliate, on_delete=models.CASCADE, related_name="members")
    personal = models.PositiveIntegerField("个人会员", default=0)
    group = models.PositiveIntegerField("团体会员", default=0)

    class Meta(AffiliateFact.Meta):
        verbose_name = verbose_name_plural = "会员数"
        constraints = [
            *AffiliateFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["affiliate"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="orgs_one_present_member_count",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affiliate} {self.personal}"


class MemberCount(models.Model):
    """Personal members of one occupation (Zhoukou 四(三)5)."""

    members = models.ForeignKey(AffiliateMembers, on_delete=models.CASCADE, related_name="by_occupation")
    occupation_label = models.CharField("职业", max_length=40)
    count = models.PositiveIntegerField("人数")

    class Meta:
        verbose_name = verbose_name_plural = "分职业会员数"
        ordering = ["-count", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["members", "occupation_label"], name="orgs_member_occupation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.occupation_label} {self.count}"


class AffiliatePartner(AffiliateFact):
    """With whom an affiliate works from when to when: a unit by its row, anybody else by name (Yinzhou 二(二))."""

    affiliate = models.ForeignKey(Affiliate, on_delete=models.CASCADE, related_name="partners")
    kind = models.CharField("类型", max_length=20, choices=PartnerKind.choices)
    partner_unit = models.ForeignKey(
        OrgUnit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="serving_affiliates",
        verbose_name="乡镇（街道）、村（社区）",
    )
    name = models.CharField("名称", max_length=100, blank=True)
    note = models.CharField("合作内容", max_length=200, blank=True)

    class Meta(AffiliateFact.Meta):
        verbose_name = verbose_name_plural = "对接单位"
        constraints = [
            *AffiliateFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind="unit", partner_unit__isnull=False, name="")
                | (~Q(kind="unit") & Q(partner_unit__isnull=True) & ~Q(name="")),
                name="orgs_partner_is_a_unit_or_named",
            ),
            models.UniqueConstraint(
                fields=["affiliate", "kind", "partner_unit", "name"],
                nulls_distinct=False,
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="orgs_one_present_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affiliate} — {self.label}"

    @property
    def label(self) -> str:
        return self.partner_unit.display_name if self.partner_unit else self.name
