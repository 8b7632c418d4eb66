"""What the designer works with: a version's items, the words of its rules, the indicators that may be taken."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from orgs.models import OrgUnit
from reporting.choices import Source
from reporting.models import Form, FormItem, FormRegistration, FormVersion, Indicator
from reporting.selectors.registry import COMPUTED


def items_of(version: FormVersion) -> list[FormItem]:
    """Items in order, with indicator, section and columns."""
    return list(
        version.items.select_related("indicator", "section")
        .prefetch_related("columns")
        .order_by("section__order", "order", "pk")
    )


def registration_of(form: Form) -> FormRegistration | None:
    return FormRegistration.objects.filter(form=form).first()


def registry_names() -> dict[str, str]:
    """The registry's figures that rules may ask for, by key."""
    found = Indicator.objects.filter(source=Source.REGISTRY, key__in=COMPUTED)
    return dict(found.values_list("key", "name"))


def forms_of(owner: OrgUnit) -> QuerySet[Form]:
    return Form.objects.filter(owner=owner).select_related("registration", "owner").order_by("pk")


def draft_of(form: Form) -> FormVersion | None:
    return form.versions.filter(published_at__isnull=True).first()


def indicators_to_take(version: FormVersion, words: str = "") -> QuerySet[Indicator]:
    """Indicators that are not in the version yet, searched by name or key; those of other drafts stay theirs."""
    taken = version.items.values("indicator")
    published = FormItem.objects.filter(version__published_at__isnull=False).values("indicator")
    found = Indicator.objects.filter(pk__in=published).exclude(pk__in=taken).exclude(source=Source.COMPUTED)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(key__icontains=words))
    return found.order_by("source", "pk")
