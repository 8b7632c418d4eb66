"""Affiliates for integrators: the same scope, criteria and services as the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import ApiPermission, asker
from orgs.choices import Formation, Organ, Standing
from orgs.filters.affiliates import AffiliateApiFilter
from orgs.models import Affiliate, AffiliateKind, AffiliateOrgan, OrgUnit
from orgs.models.affiliate import AffiliateQuerySet
from orgs.permissions import MANAGE_AFFILIATES, VIEW_UNITS
from orgs.selectors.affiliates import visible_affiliates, with_facts
from orgs.services import affiliates as services
from orgs.services.affiliates import COLUMNS, AffiliateFacts, OrganFacts


class OrganSerializer(serializers.ModelSerializer):
    """One body of an affiliate's government."""

    organ = serializers.ChoiceField(Organ.choices)

    class Meta:
        model = AffiliateOrgan
        fields = ("organ", "since", "size", "renews_on")


class AffiliateSerializer(serializers.ModelSerializer):
    """One affiliate with what holds today."""

    unit_name = serializers.CharField(source="unit.display_name", read_only=True)
    kind = serializers.CharField(source="kind.key", read_only=True, help_text="类别代号")
    kind_label = serializers.CharField(source="kind.name", read_only=True)
    state = serializers.CharField(read_only=True, help_text="normal、model、dormant、exited，尚未成立为空")
    state_since = serializers.DateField(read_only=True, allow_null=True)
    personal_members = serializers.IntegerField(source="personal", read_only=True, allow_null=True)
    group_members = serializers.IntegerField(read_only=True, allow_null=True)
    members_on = serializers.DateField(read_only=True, allow_null=True)
    partners = serializers.IntegerField(source="partner_count", read_only=True, help_text="对接单位数")
    is_led = serializers.BooleanField(read_only=True, help_text="是否由“三长”牵头")
    phone = serializers.CharField(source="phone_mask", read_only=True, help_text="只给出首尾数字")
    organs = OrganSerializer(many=True, read_only=True)

    class Meta:
        model = Affiliate
        fields = (
            *("id", "unit", "unit_name", "kind", "kind_label", "name", "sector", "formation", "host"),
            *("founded_on", "registered_number", "address", "contact_name", "contact_post", "phone"),
            *("has_party_group", "party_group_since", "organs", "state", "state_since"),
            *("personal_members", "group_members", "members_on", "partners", "is_led"),
            *("revision", "recorded_at", "updated_at"),
        )
        read_only_fields = fields


class GuidingUnit(serializers.PrimaryKeyRelatedField):
    """A unit in reach; one outside is said not to exist."""

    def get_queryset(self) -> Any:
        return OrgUnit.objects.visible_to(self.context["request"].user, VIEW_UNITS).open()


class AffiliateFactsSerializer(serializers.Serializer):
    """The record of an affiliate; without ``phone`` the stored number stays, with ``""`` it goes."""

    kind = serializers.SlugRelatedField(
        slug_field="key",
        queryset=AffiliateKind.objects.all(),
        help_text="类别代号，如 society",
        error_messages={"does_not_exist": "没有“{value}”这一类别。"},
    )
    name = serializers.CharField(max_length=80)
    founded_on = serializers.DateField()
    sector = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    formation = serializers.ChoiceField(Formation.choices, required=False, allow_blank=True, default="")
    host = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    registered_number = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    address = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    contact_name = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    contact_post = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True)
    has_party_group = serializers.BooleanField(default=False)
    party_group_since = serializers.DateField(required=False, allow_null=True, default=None)
    organs = OrganSerializer(many=True, required=False, default=list)
    confirmed = serializers.BooleanField(default=False, help_text="已核对：上级或下级的同名组织不是同一个")

    def validate_organs(self, organs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        named = [organ["organ"] for organ in organs]
        if len(set(named)) != len(named):
            raise serializers.ValidationError("同一机构只能列一次。")
        return organs

    def facts(self) -> AffiliateFacts:
        data = self.validated_data
        return AffiliateFacts(
            **{column: data[column] for column in COLUMNS},
            phone=data.get("phone"),
            organs=tuple(OrganFacts(**organ) for organ in data["organs"]),
        )


class NewAffiliateSerializer(AffiliateFactsSerializer):
    """An affiliate to be registered."""

    unit = GuidingUnit(help_text="指导单位的编号")
    state = serializers.ChoiceField(Standing.choices[:3], default=Standing.NORMAL)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ChangedAffiliateSerializer(AffiliateFactsSerializer):
    """A new record, on the revision that was read."""

    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


@extend_schema_view(
    list=extend_schema(
        summary="所属组织列表", description="管辖范围内的学会、农技协、企业科协等，默认不含已退出的。"
    ),
    retrieve=extend_schema(summary="一个所属组织"),
)
class AffiliateViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Affiliates within the reach of who asks."""

    serializer_class = AffiliateSerializer
    permission_classes = [ApiPermission]
    required_permission = {
        "list": VIEW_UNITS,
        "retrieve": VIEW_UNITS,
        "create": MANAGE_AFFILIATES,
        "update": MANAGE_AFFILIATES,
    }
    filterset_class = AffiliateApiFilter
    queryset = Affiliate.objects.none()

    def get_queryset(self) -> AffiliateQuerySet:
        visible = with_facts(visible_affiliates(self.request.user))
        return visible.prefetch_related("organs").order_by(
            "unit__division_code", "kind__order", "pinyin", "pk"
        )

    @extend_schema(
        summary="登记所属组织", request=NewAffiliateSerializer, responses={201: AffiliateSerializer}
    )
    def create(self, request: Request) -> Response:
        """422 with every rule that refuses it; a namesake one line up or down until ``confirmed``."""
        asked = NewAffiliateSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        made = services.register(
            unit=data["unit"],
            facts=asked.facts(),
            confirmed=data["confirmed"],
            state=data["state"],
            reason=data["reason"],
            by=asker(request),
        )
        return Response(self._shown(made), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="修改所属组织", request=ChangedAffiliateSerializer, responses={200: AffiliateSerializer}
    )
    def update(self, request: Request, pk: str) -> Response:
        """409 when the record changed since ``revision`` was read."""
        affiliate = self.get_object()
        asked = ChangedAffiliateSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        changed = services.update(
            affiliate=affiliate,
            revision=data["revision"],
            facts=asked.facts(),
            confirmed=data["confirmed"],
            by=asker(request),
        )
        return Response(self._shown(changed))

    def _shown(self, affiliate: Affiliate) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=affiliate.pk)).data
