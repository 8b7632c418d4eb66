"""Shapes of reporting's answers and requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orgs.choices import Level
from reporting.choices import ReturnReason, Timeliness
from reporting.models import Collection, Cycle, FixedDates, Report
from reporting.selectors.layout import figures_of
from reporting.selectors.schedule import Schedule
from reporting.selectors.situation import my_actions


class FixedDatesSerializer(serializers.ModelSerializer):
    """Window and deadlines of a one-off."""

    class Meta:
        model = FixedDates
        fields = (
            *("opens_on", "window_first", "window_last", "township_due", "county_due", "city_due"),
            "settles_at",
        )


class CollectionSerializer(serializers.ModelSerializer):
    """A standing order to report. Days are days of the month ``due_months_after`` months after the period closes; a
    one-off has ``dates`` instead."""

    rhythm_label = serializers.CharField(source="get_rhythm_display", read_only=True)
    dates = FixedDatesSerializer(read_only=True, allow_null=True, default=None)

    class Meta:
        model = Collection
        fields = (
            *("id", "key", "name", "noun", "owner", "form", "basis", "note", "rhythm", "rhythm_label"),
            *("is_principal", "levels", "whom", "cohort", "established_only", "sign_off"),
            *("window_first_day", "due_months_after", "township_day", "county_day", "city_day"),
            *("settle_day", "settle_time", "lower_forward", "open_days_before", "first_period", "dates"),
            *("is_active", "started_at"),
        )


class ScheduleSerializer(serializers.Serializer):
    """The days of one period that is still to open. ``*_due`` are the last days on time."""

    period = serializers.DateField()
    label = serializers.CharField()  # type: ignore[assignment]
    opens_on = serializers.DateField()
    window_first = serializers.DateField(source="window.first")
    window_last = serializers.DateField(source="window.last")
    township_due = serializers.SerializerMethodField()
    county_due = serializers.SerializerMethodField()
    city_due = serializers.SerializerMethodField()
    settles_at = serializers.DateTimeField()

    def get_township_due(self, row: Schedule) -> dt.date:
        return row.due_of(Level.TOWNSHIP)

    def get_county_due(self, row: Schedule) -> dt.date:
        return row.due_of(Level.COUNTY)

    def get_city_due(self, row: Schedule) -> dt.date:
        return row.due_of(Level.CITY)


class CycleSerializer(serializers.ModelSerializer):
    """One collection in one period. ``window_*`` are inclusive Shanghai days."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    title = serializers.CharField(read_only=True, help_text="一份报表怎样称呼，如“2026年第四季度普查表”")
    state_label = serializers.CharField(source="get_state_display", read_only=True)

    class Meta:
        model = Cycle
        fields = (
            *("id", "collection", "period", "label", "title", "rhythm", "noun", "sign_off", "is_whole"),
            *("window_first", "window_last", "opened_at", "township_due"),
            *("county_due", "city_due", "settles_at", "state", "state_label", "facts_at", "locked_at"),
        )


class ActionSerializer(serializers.Serializer):
    """What *I* may do now."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class FigureSerializer(serializers.Serializer):
    """One frozen figure or text of the version that counts."""

    key = serializers.CharField()
    name = serializers.CharField()
    value = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    text = serializers.CharField()
    explanation = serializers.CharField()


class ReportSerializer(serializers.ModelSerializer):
    """One unit's obligation. ``due_at`` is the first late instant; ``timeliness`` 按时, 迟报, 未报, 免报 or 未到期; of a
    township that is in 已报, for lateness is never charged to it: its ``on_time`` is null."""

    state_label = serializers.CharField(source="get_state_display", read_only=True)
    timeliness = serializers.SerializerMethodField()
    on_time = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields: tuple[str, ...] = (
            *("id", "cycle", "unit", "unit_name", "level", "is_zone", "custodian", "reviewer", "entry_mode"),
            *("state", "state_label", "revision", "due_at", "deferred_to", "exempted_at", "is_nil"),
            *("is_belated", "first_submitted_at", "on_time", "submitted_at", "accepted_at", "returns"),
            *("correction_due_at", "timeliness"),
        )

    @extend_schema_field(serializers.ChoiceField(choices=Timeliness.choices))
    def get_timeliness(self, report: Report) -> str:
        return report.timeliness().value

    def get_on_time(self, report: Report) -> bool | None:
        return report.on_time if report.is_charged else None


class ReportDetailSerializer(ReportSerializer):
    """A report with its figures and the actions open to whoever asks."""

    my_actions = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()

    class Meta(ReportSerializer.Meta):
        fields = (*ReportSerializer.Meta.fields, "my_actions", "figures")

    @extend_schema_field(ActionSerializer(many=True))
    def get_my_actions(self, report: Report) -> list[dict[str, Any]]:
        found = my_actions(self.context["request"].user, report)
        return [{"code": action.code, "label": action.label} for action in found]

    @extend_schema_field(FigureSerializer(many=True))
    def get_figures(self, report: Report) -> Any:
        rows = [
            {
                "key": key,
                "name": figure.indicator.name,
                "value": figure.value,
                "text": figure.text,
                "explanation": figure.explanation,
            }
            for key, figure in figures_of(report.last_version_id).items()
        ]
        return FigureSerializer(rows, many=True).data


class RevisionSerializer(serializers.Serializer):
    """``revision`` as read; a report changed since is refused with 409."""

    revision = serializers.IntegerField(required=False, min_value=0)


class AcceptSerializer(RevisionSerializer):
    remark = serializers.CharField(required=False, allow_blank=True, max_length=500)


class ReturnSerializer(RevisionSerializer):
    reason = serializers.ChoiceField(choices=ReturnReason.choices)
    remark = serializers.CharField(required=False, allow_blank=True, max_length=500)
    cell_remarks = serializers.DictField(child=serializers.CharField(max_length=300), required=False)
    days = serializers.IntegerField(required=False, min_value=1, max_value=15, default=2)


class ReasonSerializer(serializers.Serializer):
    """Why, in words."""

    reason = serializers.CharField(max_length=200)


class DeferSerializer(ReasonSerializer):
    """The last day of the extension, and why."""

    until = serializers.DateField()


class CorrectSerializer(serializers.Serializer):
    """New values by indicator key, as typed."""

    changes = serializers.DictField(child=serializers.CharField(allow_blank=True), allow_empty=False)
    reason = serializers.CharField(max_length=500)


class CaseSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    report = serializers.IntegerField(source="report_id")
    kind = serializers.CharField()
    state = serializers.CharField()
    reason = serializers.CharField()


class CellSerializer(serializers.Serializer):
    key = serializers.SlugField(max_length=60)
    value = serializers.CharField(allow_blank=True, trim_whitespace=False)
    revision = serializers.IntegerField(required=False, default=0, min_value=0)
    explanation = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=300)


class CellsSerializer(serializers.Serializer):
    """Cells to save into a report that is being filled in."""

    cells = CellSerializer(many=True, allow_empty=False)

    def validate_cells(self, cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(cells) > 200:
            raise serializers.ValidationError("一次最多保存 200 格。")
        return cells


class ProblemSerializer(serializers.Serializer):
    level = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class SavedCellSerializer(serializers.Serializer):
    key = serializers.CharField()
    revision = serializers.IntegerField()
    problems = ProblemSerializer(many=True)


class CellConflictSerializer(serializers.Serializer):
    key = serializers.CharField()
    value = serializers.CharField()
    revision = serializers.IntegerField()
    by = serializers.CharField()


class SaveOutcomeSerializer(serializers.Serializer):
    """What became of each cell; refused ones were not written."""

    saved_at = serializers.DateTimeField()
    saved = SavedCellSerializer(many=True)
    refused = SavedCellSerializer(many=True)
    conflicts = CellConflictSerializer(many=True)


class TotalSerializer(serializers.Serializer):
    """One typed indicator of one unit's subtree; ``null`` where nobody reported."""

    unit = serializers.IntegerField()
    key = serializers.CharField()
    own = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    below = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    total = serializers.DecimalField(max_digits=18, decimal_places=2)
    year_to_date = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    reporters = serializers.IntegerField()


class GroupSerializer(serializers.Serializer):
    """One row for what was divided since; ``unit`` is negative."""

    unit = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    code = serializers.CharField()
    level = serializers.IntegerField()
    members = serializers.ListField(child=serializers.IntegerField())


class OptionCountSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class ChoiceTotalSerializer(serializers.Serializer):
    """How often each option was taken below the unit asked for; ``answered`` counts the reports that took any."""

    key = serializers.CharField(source="item.indicator.key")
    answered = serializers.IntegerField()
    options = OptionCountSerializer(many=True)


class KeyTotalSerializer(serializers.Serializer):
    """The rows of a table with one key; ``sums`` in the order of ``columns``."""

    key = serializers.CharField()
    name = serializers.CharField()
    rows = serializers.IntegerField()
    units = serializers.IntegerField()
    sums = serializers.ListField(
        child=serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    )


class TableTotalSerializer(serializers.Serializer):
    """Rows of a table added up by their key below the unit asked for."""

    key = serializers.CharField(source="item.indicator.key")
    columns = serializers.SerializerMethodField()
    rows = KeyTotalSerializer(many=True)

    def get_columns(self, total: Any) -> list[str]:
        return [column.key for column in total.columns]


class RollupSerializer(serializers.Serializer):
    cycle = serializers.IntegerField()
    basis = serializers.CharField()
    totals = TotalSerializer(many=True)
    choices = ChoiceTotalSerializer(many=True)
    tables = TableTotalSerializer(many=True)
    groups = GroupSerializer(many=True)


class CountsSerializer(serializers.Serializer):
    """Numbers of reports of one tier; rates are fractions of 1, ``null`` where nothing is expected. Townships are not
    charged with lateness: theirs are ``null``."""

    expected = serializers.IntegerField()
    exempt = serializers.IntegerField()
    deferred = serializers.IntegerField()
    submitted = serializers.IntegerField()
    on_time = serializers.IntegerField(allow_null=True)
    late = serializers.IntegerField(allow_null=True)
    missing = serializers.IntegerField()
    pending = serializers.IntegerField()
    nil = serializers.IntegerField()
    returned = serializers.IntegerField()
    accepted = serializers.IntegerField()
    sent_back = serializers.IntegerField()
    submitted_rate = serializers.FloatField(allow_null=True)
    on_time_rate = serializers.FloatField(allow_null=True)
    first_pass_rate = serializers.FloatField(allow_null=True)


class CompletenessSerializer(serializers.Serializer):
    unit = serializers.IntegerField(source="unit_id")
    name = serializers.CharField()
    code = serializers.CharField()
    level = serializers.IntegerField()
    is_zone = serializers.BooleanField()
    tiers = serializers.DictField(child=CountsSerializer())


class MeasureSerializer(serializers.Serializer):
    """A ratio with both its parts; ``change`` in percentage points; ``rank`` 1, 1, 3 among units of the same sort."""

    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    change = serializers.FloatField(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)


class CoverageRowSerializer(serializers.Serializer):
    unit = serializers.IntegerField(source="unit_id")
    name = serializers.CharField()
    code = serializers.CharField()
    level = serializers.IntegerField()
    is_zone = serializers.BooleanField()
    facts = serializers.SerializerMethodField()
    measures = serializers.DictField(child=MeasureSerializer())

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_facts(self, row: Any) -> dict[str, int]:
        return {key: fact.numerator for key, fact in row.facts.items() if not fact.is_ratio}


class CoverageSerializer(serializers.Serializer):
    as_of = serializers.DateField()
    is_provisional = serializers.BooleanField()
    whole = CoverageRowSerializer(allow_null=True)
    rows = CoverageRowSerializer(many=True)
