"""Choosing a unit, or a set of units, from a list by name: read as keys and names, never as whole rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.forms.models import ModelChoiceIterator
from django_filters.fields import ModelChoiceField as FilterField

from orgs.models import OrgUnit


class NamedChoices(ModelChoiceIterator):
    """Key and name of each row, in the order of the queryset."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield ("", str(self.field.empty_label))
        name = "display_name" if self.queryset.model is OrgUnit else "name"
        yield from self.queryset.values_list("pk", name)


class NamedChoiceField(forms.ModelChoiceField):
    iterator = NamedChoices


class _FilterField(FilterField):
    iterator = NamedChoices


class NamedChoiceFilter(django_filters.ModelChoiceFilter):
    """A model choice of a filter bar whose rows have names."""

    field_class = _FilterField
