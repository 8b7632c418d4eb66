"""The register of forms and what their newest versions ask."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets

from core.access import ApiPermission
from reporting.api.reports import province_ids
from reporting.models import Form, FormItem, FormVersion
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.layout import layout_of


class RegistrationSerializer(serializers.Serializer):
    """Who asked, on what basis, and whose name stands under it."""

    kind = serializers.CharField()
    asked_by = serializers.CharField()
    basis = serializers.CharField()
    person = serializers.CharField()
    is_listed = serializers.BooleanField()


class FormSerializer(serializers.ModelSerializer):
    """A form and its place on the register."""

    registration = RegistrationSerializer(read_only=True, allow_null=True)
    version = serializers.SerializerMethodField()

    class Meta:
        model = Form
        fields: tuple[str, ...] = ("id", "key", "name", "owner", "registration", "version")

    def _newest(self, form: Form) -> FormVersion | None:
        return form.versions.filter(published_at__isnull=False).order_by("-number").first()

    def get_version(self, form: Form) -> int | None:
        """Number of the newest published version."""
        newest = self._newest(form)
        return newest.number if newest else None


class OptionSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()


class ColumnSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField(source="value_kind")
    unit = serializers.CharField(source="unit_label")
    is_key = serializers.BooleanField()
    is_required = serializers.BooleanField()
    options = OptionSerializer(many=True)


class ItemSerializer(serializers.ModelSerializer):
    """One item: what it asks, of which levels, within what. Choices are sent as the keys of their options, tables as a
    JSON list of rows by column key."""

    key = serializers.CharField(source="indicator.key")
    name = serializers.CharField(source="indicator.name")
    kind = serializers.CharField(source="indicator.value_kind")
    unit = serializers.CharField(source="indicator.unit_label")
    source = serializers.CharField(source="indicator.source")  # type: ignore[assignment]
    space = serializers.CharField(source="indicator.space")
    time = serializers.CharField(source="indicator.time")
    definition = serializers.CharField(source="indicator.definition")
    section = serializers.CharField(source="section.name")
    raises = serializers.CharField(source="indicator.raises")
    options = OptionSerializer(many=True)
    columns = ColumnSerializer(many=True)

    class Meta:
        model = FormItem
        fields = (
            *("key", "name", "kind", "unit", "source", "space", "time", "definition", "section", "owed_by"),
            *(
                "required_at",
                "help_text",
                "minimum",
                "maximum",
                "max_length",
                "options",
                "formula",
                "columns",
            ),
            *("file_kinds", "file_count", "raises"),
        )


class RuleSerializer(serializers.Serializer):
    """What must hold between cells; ``said`` in words."""

    demand = serializers.CharField()
    field = serializers.CharField()
    level = serializers.CharField()
    message = serializers.CharField()
    said = serializers.CharField()


class FormDetailSerializer(FormSerializer):
    """With the items and rules of the newest published version."""

    items = serializers.SerializerMethodField()
    rules = serializers.SerializerMethodField()

    class Meta(FormSerializer.Meta):
        fields = (*FormSerializer.Meta.fields, "items", "rules")

    @extend_schema_field(ItemSerializer(many=True))
    def get_items(self, form: Form) -> Any:
        newest = self._newest(form)
        return ItemSerializer(layout_of(newest).items if newest else [], many=True).data

    @extend_schema_field(RuleSerializer(many=True))
    def get_rules(self, form: Form) -> Any:
        newest = self._newest(form)
        if newest is None:
            return []
        said = [words for _relation, words in layout_of(newest).rules_said()]
        rows = [{**rule, "said": words} for rule, words in zip(newest.rules, said, strict=True)]
        return RuleSerializer(rows, many=True).data


@extend_schema_view(
    list=extend_schema(summary="报表准入清单"),
    retrieve=extend_schema(summary="一张报表", description="含最新发布版本的填报项和核对关系。"),
)
class FormViewSet(viewsets.ReadOnlyModelViewSet):
    """Forms of one's province."""

    serializer_class = FormSerializer
    permission_classes = [ApiPermission]
    required_permission = VIEW_REPORTS
    queryset = Form.objects.none()

    def get_queryset(self) -> Any:
        return (
            Form.objects.filter(owner__in=province_ids(self.request.user))
            .select_related("registration")
            .order_by("pk")
        )

    def get_serializer_class(self) -> Any:
        return FormDetailSerializer if self.action == "retrieve" else FormSerializer
