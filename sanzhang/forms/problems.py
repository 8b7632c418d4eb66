"""A refusal shown where it belongs: by the field, or above the form."""

from __future__ import annotations

from django import forms

from core.errors import DomainError


class ExplainedForm(forms.Form):
    """A form whose warnings pass with a line of explanation; the line is asked for only once there is a warning."""

    explanation = forms.CharField(
        label="说明",
        required=False,
        max_length=200,
        help_text="核对无误后，请用一句话说明情况再提交。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    needs_explanation = False

    @property
    def asks_explanation(self) -> bool:
        return self.needs_explanation or bool(self.data.get(self.add_prefix("explanation")))


def show_problems(form: forms.Form, error: DomainError) -> None:
    """Put every problem of ``error`` by its field; nothing that was typed is lost."""
    for problem in error.problems:
        form.add_error(problem.field if _is_shown(form, problem.field) else None, problem.message)
    if isinstance(form, ExplainedForm) and all(not problem.is_error for problem in error.problems):
        form.needs_explanation = True


def _is_shown(form: forms.Form, name: str | None) -> bool:
    return name in form.fields and not form.fields[name].widget.is_hidden
