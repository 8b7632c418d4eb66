"""Yearly comparisons of divisions and proofs of the tree for integrators; to read."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets

from core.access import ApiPermission
from orgs.choices import ChangeKind, IntegrityState, Level, UpdateState
from orgs.forms.yearly import REVIEW_STATES
from orgs.models import DivisionChange, DivisionUpdate, IntegrityFinding, IntegrityRun
from orgs.permissions import CHECK_TREE, DRAFT_REORGANISATION
from orgs.rules.integrity import FAULTS, advice_of, label_of
from orgs.selectors import integrity, yearly


class ComparisonSerializer(serializers.ModelSerializer):
    """One comparison with how many divisions are unchanged and how many differ, by kind."""

    state = serializers.ChoiceField(choices=UpdateState.choices, read_only=True)
    differences = serializers.IntegerField(read_only=True)
    undecided = serializers.IntegerField(source="open_differences", read_only=True)
    counts = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = DivisionUpdate
        fields = (
            *("id", "unit", "year", "file_name", "state", "differences", "undecided", "counts"),
            *("compared_at", "created_by"),
        )
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="年度区划比对列表"), retrieve=extend_schema(summary="一次年度区划比对")
)
class ComparisonViewSet(viewsets.ReadOnlyModelViewSet):
    """Comparisons of land that who asks may reorganise."""

    serializer_class = ComparisonSerializer
    permission_classes = [ApiPermission]
    required_permission = DRAFT_REORGANISATION
    queryset = DivisionUpdate.objects.none()

    def get_queryset(self) -> QuerySet[DivisionUpdate]:
        return yearly.listed_updates(self.request.user).order_by("-compared_at", "-pk")


class DifferenceSerializer(serializers.ModelSerializer):
    """One difference between the tree and the file; ``proposal`` says what it is likely to be and why."""

    kind = serializers.ChoiceField(choices=ChangeKind.choices, read_only=True)
    comparison: Any = serializers.PrimaryKeyRelatedField(source="update", read_only=True)
    proposal = serializers.DictField(read_only=True)

    class Meta:
        model = DivisionChange
        fields = (
            *("id", "comparison", "kind", "unit", "unit_label", "level", "old_code", "name"),
            *("division_code", "parent_label", "proposal", "is_sure", "decision", "reorganisation"),
        )
        read_only_fields = fields


class DifferenceFilter(django_filters.FilterSet):
    """The same criteria as the review's page."""

    comparison = django_filters.NumberFilter(label="比对的编号", field_name="update", max_value=2**62)
    kind = django_filters.ChoiceFilter(label="差异", choices=ChangeKind.choices)
    level = django_filters.TypedChoiceFilter(label="层级", choices=Level.choices, coerce=int)
    state = django_filters.ChoiceFilter(label="审核", choices=REVIEW_STATES)
    q = django_filters.CharFilter(label="名称或代码", max_length=60)

    class Meta:
        model = DivisionChange
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        values = self.form.cleaned_data
        if (update := values.pop("comparison", None)) is not None:
            queryset = queryset.filter(update=int(update))
        return yearly.narrowed(queryset, values)


@extend_schema_view(
    list=extend_schema(summary="年度区划比对的差异"), retrieve=extend_schema(summary="一处差异")
)
class DifferenceViewSet(viewsets.ReadOnlyModelViewSet):
    """Differences of the comparisons in sight."""

    serializer_class = DifferenceSerializer
    permission_classes = [ApiPermission]
    required_permission = DRAFT_REORGANISATION
    filterset_class = DifferenceFilter
    queryset = DivisionChange.objects.none()

    def get_queryset(self) -> QuerySet[DivisionChange]:
        updates = yearly.visible_updates(self.request.user)
        return DivisionChange.objects.filter(update__in=updates.values("pk")).order_by("-update", "pk")


class TreeCheckSerializer(serializers.ModelSerializer):
    """One proof of the whole tree; ``counts`` are the findings by kind."""

    state = serializers.ChoiceField(choices=IntegrityState.choices, read_only=True)
    counts = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = IntegrityRun
        fields = ("id", "state", "started_at", "finished_at", "requested_by", "units", "counts")
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="组织树核对记录"), retrieve=extend_schema(summary="一次组织树核对")
)
class TreeCheckViewSet(viewsets.ReadOnlyModelViewSet):
    """Every proof of the tree."""

    serializer_class = TreeCheckSerializer
    permission_classes = [ApiPermission]
    required_permission = CHECK_TREE
    queryset = IntegrityRun.objects.none()

    def get_queryset(self) -> QuerySet[IntegrityRun]:
        return integrity.runs()


class FindingSerializer(serializers.ModelSerializer):
    """One thing wrong with one unit, what to do about it, and whether the portal can put it right by itself."""

    tree_check: Any = serializers.PrimaryKeyRelatedField(source="run", read_only=True)
    code_label = serializers.SerializerMethodField()
    advice = serializers.SerializerMethodField()
    can_be_repaired = serializers.SerializerMethodField()

    class Meta:
        model = IntegrityFinding
        fields = (
            *("id", "tree_check", "code", "code_label", "unit", "message", "advice", "can_be_repaired"),
            *("repaired_at", "repaired_by"),
        )
        read_only_fields = fields

    def get_code_label(self, row: IntegrityFinding) -> str:
        return label_of(row.code)

    def get_advice(self, row: IntegrityFinding) -> str:
        return advice_of(row.code)

    def get_can_be_repaired(self, row: IntegrityFinding) -> bool:
        return bool(row.repair) and row.repaired_at is None


class FindingFilter(django_filters.FilterSet):
    tree_check = django_filters.NumberFilter(label="核对的编号", field_name="run", max_value=2**62)
    code = django_filters.ChoiceFilter(label="类别", choices=[(code, label_of(code)) for code in FAULTS])
    q = django_filters.CharFilter(label="问题中的文字", field_name="message", lookup_expr="contains")

    class Meta:
        model = IntegrityFinding
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="组织树核对发现的问题"), retrieve=extend_schema(summary="一处问题")
)
class FindingViewSet(viewsets.ReadOnlyModelViewSet):
    """What the proofs of the tree found."""

    serializer_class = FindingSerializer
    permission_classes = [ApiPermission]
    required_permission = CHECK_TREE
    filterset_class = FindingFilter
    queryset = IntegrityFinding.objects.none()

    def get_queryset(self) -> QuerySet[IntegrityFinding]:
        return IntegrityFinding.objects.order_by("-run", "pk")
