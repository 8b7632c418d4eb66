"""The register of forms as its list and its sheet show it: what each asks, who asked, what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet

from orgs.models import OrgUnit
from reporting.choices import FeedbackState
from reporting.models import BurdenFeedback, Form, FormItem, FormRegistration, FormVersion
from reporting.selectors.burden import LevelCost, costs_of_many, heaviest
from reporting.selectors.designing import forms_of


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One form: its newest published version, or its draft where there is none."""

    form: Form
    registration: FormRegistration | None
    version: FormVersion | None
    draft: FormVersion | None
    costs: list[LevelCost]
    remarks: int
    open_remarks: int

    @property
    def pk(self) -> int:
        return self.form.pk

    @property
    def cells(self) -> int:
        return max((cost.cells for cost in self.costs), default=0)

    @property
    def heaviest(self) -> LevelCost | None:
        return heaviest(self.costs)

    @property
    def minutes_a_year(self) -> Decimal | None:
        """What it costs one unit of the level that it costs most."""
        return self.heaviest.a_year if self.heaviest else None

    @property
    def hours_of_all(self) -> Decimal | None:
        """What it costs all units together in a year."""
        return sum((cost.hours_of_all for cost in self.costs), Decimal(0)) if self.costs else None


def register_forms(owner: OrgUnit, *, words: str = "", kind: str = "", listed: str = "") -> QuerySet[Form]:
    """The forms of a province; without ``listed`` those on the register, ``off`` those that left it."""
    found = forms_of(owner)
    if listed == "off":
        found = found.filter(registration__removed_at__isnull=False)
    elif listed != "all":
        found = found.exclude(registration__removed_at__isnull=False)
    if kind:
        found = found.filter(registration__kind=kind)
    if words:
        found = found.filter(
            Q(name__icontains=words)
            | Q(registration__asked_by__icontains=words)
            | Q(registration__basis__icontains=words)
        )
    return found


def register_lines(forms: Iterable[Form]) -> list[RegisterLine]:
    """The lines of some forms; the number of queries does not grow with them."""
    rows = list(forms)
    items = FormItem.objects.select_related("indicator").prefetch_related("columns")
    versions: dict[int, list[FormVersion]] = {}
    for version in (
        FormVersion.objects.filter(form__in=rows)
        .order_by("-number")
        .prefetch_related(Prefetch("items", queryset=items))
    ):
        versions.setdefault(version.form_id, []).append(version)
    remarks = _remarks(rows)
    shown = {form.pk: _shown(versions.get(form.pk, [])) for form in rows}
    costs = costs_of_many({pk: list(one.items.all()) for pk, one in shown.items() if one is not None})
    return [
        RegisterLine(
            form=form,
            registration=getattr(form, "registration", None),
            version=next((one for one in versions.get(form.pk, []) if not one.is_draft), None),
            draft=next((one for one in versions.get(form.pk, []) if one.is_draft), None),
            costs=costs.get(form.pk, []),
            remarks=remarks.get(form.pk, (0, 0))[0],
            open_remarks=remarks.get(form.pk, (0, 0))[1],
        )
        for form in rows
    ]


def _shown(versions: list[FormVersion]) -> FormVersion | None:
    """What is asked now, or will be."""
    return next((version for version in versions if not version.is_draft), versions[0] if versions else None)


def _remarks(forms: list[Form]) -> dict[int, tuple[int, int]]:
    name = "report__cycle__form_version__form"
    rows = (
        BurdenFeedback.objects.filter(**{f"{name}__in": forms})
        .values(name)
        .annotate(all=Count("pk"), open=Count("pk", filter=Q(state=FeedbackState.OPEN)))
    )
    return {row[name]: (row["all"], row["open"]) for row in rows}
