"""The gates of views."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.views.generic import ListView

from accounts.access import PUBLIC, SIGNED_IN, ScopedViewMixin, public, requires, signed_in
from accounts.permissions import MANAGE_ACCOUNTS
from core.errors import Forbidden
from orgs.models import OrgUnit
from orgs.permissions import VIEW_UNITS


def _page(request):
    return HttpResponse("ok")


def _get(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


def test_requires_with_and_without_the_permission(clerk, unit_admin):
    view = requires(MANAGE_ACCOUNTS)(_page)
    assert view(_get(unit_admin)).content == b"ok"
    with pytest.raises(Forbidden, match="管理账号"):
        view(_get(clerk))
    assert view.required_permission is MANAGE_ACCOUNTS


def test_marks_of_open_views():
    assert signed_in(_page).required_permission == SIGNED_IN
    opened = public(_page)
    assert opened.required_permission == PUBLIC
    assert opened.login_required is False


def test_scoped_view_shows_the_rows_in_reach_only(tree, clerk):
    class Units(ScopedViewMixin, ListView):
        model = OrgUnit
        permission_required_code = VIEW_UNITS

    view = Units.as_view()
    assert view.required_permission is VIEW_UNITS
    shown = {unit.division_code for unit in view(_get(clerk)).context_data["object_list"]}
    assert shown == {code for code in tree.units if code.startswith("370102")}
