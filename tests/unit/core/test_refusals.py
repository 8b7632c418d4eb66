"""What a service refuses stands at its field, whatever the form; who may not is told so by the page for that."""

import pytest
from django import forms

from core.errors import Conflict, DomainError, Forbidden, Problem
from core.refusals import PlacingForm, WarnedForm, refusals_shown


class Plain(forms.Form):
    name = forms.CharField(required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


class Placed(PlacingForm):
    name = forms.CharField(required=False)

    def field_of(self, name):
        return {"title": "name"}.get(name or "", name)


class Warned(WarnedForm):
    name = forms.CharField(required=False)


def _refused(form: forms.Form, error: DomainError) -> forms.Form:
    assert form.is_valid()
    with refusals_shown(form):
        raise error
    return form


@pytest.mark.parametrize(
    ("form", "field", "shown_at"),
    [
        (Plain, "name", "name"),
        (Plain, "revision", "__all__"),
        (Plain, "elsewhere", "__all__"),
        (Plain, None, "__all__"),
        (Placed, "title", "name"),
        (Placed, "elsewhere", "__all__"),
    ],
)
def test_a_problem_stands_at_its_field_or_above_the_form(form, field, shown_at):
    refused = _refused(form({"name": "某"}), DomainError.of("wrong", "不对。", field))
    assert refused.errors == {shown_at: ["不对。"]}


def test_every_problem_is_shown():
    refused = _refused(Plain({}), Conflict([Problem("a", "其一。", "name"), Problem("b", "其二。")]))
    assert refused.errors == {"name": ["其一。"], "__all__": ["其二。"]}


@pytest.mark.parametrize(("levels", "is_warned"), [(["warning"], True), (["warning", "error"], False)])
def test_only_warnings_may_be_passed(levels, is_warned):
    problems = [Problem("odd", "请核对。", "name", level=level) for level in levels]
    assert _refused(Warned({}), DomainError(problems)).is_warned is is_warned


def test_without_the_permission_the_form_does_not_hide_it():
    form = Plain({})
    with pytest.raises(Forbidden), refusals_shown(form):
        raise Forbidden.for_action("登记")
    assert not form.errors


def test_any_other_error_goes_on():
    with pytest.raises(ZeroDivisionError), refusals_shown(Plain({})):
        raise ZeroDivisionError
