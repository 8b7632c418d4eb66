"""A refusal shown where it belongs: by the field, or above the form; nothing that was typed is lost.

A view that hands a form's answers to a service writes::

    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            made = services.make(**form.cleaned_data, by=request.user)
            return redirect(made)
    return render(request, "page.html", {"form": form}, status=422 if form.errors else 200)
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django import forms

from core.errors import DomainError, Forbidden


class PlacingForm(forms.Form):
    """Abstract: a form that shows a service's problem at another field than the one that the service names."""

    def field_of(self, name: str | None) -> str | None:
        raise NotImplementedError


class WarnedForm(forms.Form):
    """Abstract: a form whose warnings may be passed; what passes them is asked for once there was nothing else."""

    is_warned = False


def show_problems(form: forms.Form, error: DomainError) -> None:
    """Put every problem of ``error`` by its field, those without a visible one above the form."""
    for problem in error.problems:
        name = form.field_of(problem.field) if isinstance(form, PlacingForm) else problem.field
        form.add_error(name if _is_shown(form, name) else None, problem.message)
    if isinstance(form, WarnedForm):
        form.is_warned = all(not problem.is_error for problem in error.problems)


def problems_in(form: forms.BaseForm) -> list[str]:
    """What is wrong with a bound form, line by line, for a page that does not show the form again."""
    return [str(message) for found in form.errors.values() for message in found]


@contextlib.contextmanager
def refusals_shown(form: forms.Form) -> Iterator[None]:
    """What is refused inside stands in the form afterwards; :class:`Forbidden` goes on to the page that says so."""
    try:
        yield
    except Forbidden:
        raise
    except DomainError as error:
        show_problems(form, error)


def _is_shown(form: forms.Form, name: str | None) -> bool:
    return name in form.fields and not form.fields[name].widget.is_hidden
