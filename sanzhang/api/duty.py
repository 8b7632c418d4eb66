"""Activities and supports for integrators: the same services, scope and rules as the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import ApiPermission, asker
from orgs.models import Affiliate, OrgUnit
from sanzhang.choices import PartRole, SupportKind
from sanzhang.filters.duty import ActivityFilter, SupportFilter
from sanzhang.models import Activity, ActivityKind, Support
from sanzhang.permissions import RECORD_WORK, VIEW_PEOPLE
from sanzhang.selectors.activities import activities_in_sight, parts_of
from sanzhang.serializers.people import PersonInSight, UnitInSight
from sanzhang.services.activities import GROUPS, ActivityFacts, record_activity
from sanzhang.services.supports import SupportFacts, record_support

MOST = 9_999_999


class PartSerializer(serializers.Serializer):
    """Who took part: of people of others no more than the name."""

    person = serializers.IntegerField(source="person_id")
    name = serializers.CharField(source="person.name")
    role = serializers.ChoiceField(PartRole.choices)


class ActivitySerializer(serializers.ModelSerializer):
    """One activity with who took part."""

    unit_name = serializers.CharField(source="unit.display_name", read_only=True)
    kind = serializers.CharField(source="kind.name", read_only=True)
    counts_as = serializers.CharField(source="kind.counts_as", read_only=True, help_text="计入月报的类别")
    parts = serializers.SerializerMethodField()

    class Meta:
        model = Activity
        fields = (
            *("id", "unit", "unit_name", "kind", "counts_as", "title", "held_on", "ended_on", "place"),
            *(*GROUPS, "reached", "adopted", "is_volunteer", "was_reported", "note", "parts"),
            *("recorded_at", "revision", "voided_at"),
        )
        read_only_fields = fields

    def get_parts(self, activity: Activity) -> list[dict[str, Any]]:
        parts = self.context["parts"].get(activity.pk, [])
        return [dict(row) for row in PartSerializer(parts, many=True).data]


class NewPartSerializer(serializers.Serializer):
    person = PersonInSight(help_text="人员编号")
    role = serializers.ChoiceField(PartRole.choices, default=PartRole.JOINED)


class NewActivitySerializer(serializers.Serializer):
    """An activity to be recorded; ``key`` sent twice records once."""

    unit = UnitInSight(help_text="主办单位编号")
    kind = serializers.SlugRelatedField(
        slug_field="name",
        queryset=ActivityKind.objects.all(),
        help_text="活动类别名称",
        error_messages={"does_not_exist": "没有“{value}”这一活动类别。"},
    )
    held_on = serializers.DateField()
    ended_on = serializers.DateField(required=False, allow_null=True, default=None)
    title = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    place = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    youth = serializers.IntegerField(min_value=0, max_value=MOST, default=0)
    residents = serializers.IntegerField(min_value=0, max_value=MOST, default=0)
    farmers = serializers.IntegerField(min_value=0, max_value=MOST, default=0)
    others = serializers.IntegerField(min_value=0, max_value=MOST, default=0)
    adopted = serializers.IntegerField(min_value=0, max_value=MOST, default=0)
    is_volunteer = serializers.BooleanField(default=False)
    was_reported = serializers.BooleanField(default=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    parts = NewPartSerializer(many=True, required=False, default=list)
    co_units = serializers.ListField(child=UnitInSight(), required=False, default=list)
    explanation = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    key = serializers.UUIDField(required=False, allow_null=True, default=None)

    def facts(self) -> ActivityFacts:
        data = self.validated_data
        left_out = ("unit", "parts", "co_units", "explanation", "key")
        facts = {name: value for name, value in data.items() if name not in left_out}
        people = {part["person"].pk: PartRole(part["role"]) for part in data["parts"]}
        nobody: list[Affiliate] = []
        return ActivityFacts(**facts, people=people, co_units=data["co_units"], co_affiliates=nobody)


@extend_schema_view(
    list=extend_schema(summary="履职活动列表", description="管辖范围内主办或联合主办的活动。"),
    retrieve=extend_schema(summary="一场履职活动"),
)
class ActivityViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Activities within the reach of who asks."""

    serializer_class = ActivitySerializer
    permission_classes = [ApiPermission]
    required_permission = {"list": VIEW_PEOPLE, "retrieve": VIEW_PEOPLE, "create": RECORD_WORK}
    filterset_class = ActivityFilter
    queryset = Activity.objects.none()

    def get_queryset(self) -> Any:
        seen = activities_in_sight(self.request.user)
        return seen.select_related("unit", "kind").order_by("-held_on", "-id")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        serializer = super().get_serializer(*args, **kwargs)
        if args and args[0] is not None:
            context: Any = serializer.context
            context["parts"] = parts_of(args[0] if kwargs.get("many") else [args[0]])
        return serializer

    @extend_schema(summary="登记履职活动", request=NewActivitySerializer, responses={201: ActivitySerializer})
    def create(self, request: Request) -> Response:
        """422 with every rule that refuses it; a possible double wants an ``explanation``."""
        asked = NewActivitySerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        activity = record_activity(
            facts=asked.facts(),
            unit=data["unit"],
            by=asker(request),
            explanation=data["explanation"],
            key=data["key"],
        )
        return Response(self.get_serializer(activity).data, status=status.HTTP_201_CREATED)


class SupportSerializer(serializers.ModelSerializer):
    """One support."""

    giver_name = serializers.CharField(source="giver.display_name", read_only=True)
    receiver_name = serializers.CharField(read_only=True)

    class Meta:
        model = Support
        fields = (
            *("id", "giver", "giver_name", "receiver", "receiver_name", "kind", "given_on", "title"),
            *("amount", "heads", "is_own", "was_reported", "note", "confirmed_at", "recorded_at"),
            *("revision", "voided_at"),
        )
        read_only_fields = fields


class NewSupportSerializer(serializers.Serializer):
    """A support to be recorded; ``key`` sent twice records once."""

    giver = UnitInSight(help_text="支持单位编号")
    receiver = UnitInSight(
        help_text="受援单位编号；不填为所属各单位", required=False, allow_null=True, default=None
    )
    kind = serializers.ChoiceField(SupportKind.choices)
    given_on = serializers.DateField()
    title = serializers.CharField(max_length=100)
    amount = serializers.DecimalField(
        max_digits=12, decimal_places=2, required=False, allow_null=True, default=None, help_text="万元"
    )
    heads = serializers.IntegerField(
        min_value=0, max_value=MOST, required=False, allow_null=True, default=None
    )
    is_own = serializers.BooleanField(default=True, help_text="本级安排，不含上级转拨")
    was_reported = serializers.BooleanField(default=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    key = serializers.UUIDField(required=False, allow_null=True, default=None)


@extend_schema_view(
    list=extend_schema(summary="支持台账", description="管辖范围内给予和收到的支持。"),
    retrieve=extend_schema(summary="一项支持"),
)
class SupportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Supports given and received within the reach of who asks."""

    serializer_class = SupportSerializer
    permission_classes = [ApiPermission]
    required_permission = {"list": VIEW_PEOPLE, "retrieve": VIEW_PEOPLE, "create": RECORD_WORK}
    filterset_class = SupportFilter
    queryset = Support.objects.none()

    def get_queryset(self) -> Any:
        seen = Support.objects.visible_to(self.request.user, VIEW_PEOPLE)
        return seen.select_related("giver", "receiver").order_by("-given_on", "-id")

    @extend_schema(summary="登记支持", request=NewSupportSerializer, responses={201: SupportSerializer})
    def create(self, request: Request) -> Response:
        """422 with every rule that refuses it."""
        asked = NewSupportSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = dict(asked.validated_data)
        giver: OrgUnit = data.pop("giver")
        key = data.pop("key")
        support = record_support(facts=SupportFacts(**data), giver=giver, by=asker(request), key=key)
        return Response(self.get_serializer(support).data, status=status.HTTP_201_CREATED)
