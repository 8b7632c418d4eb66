"""Saved views of any list page: the menu that a list loads, and what is done with one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import SignedInRequest, signed_in
from accounts.forms import SavedViewForm
from accounts.models import SavedView
from accounts.selectors import saved_views as views_of
from accounts.services import saved_views as services
from core.errors import DomainError
from core.refusals import problems_in


def _address(page: str, query: str = "") -> str:
    try:
        return reverse(page) + (f"?{query}" if query else "")
    except NoReverseMatch as error:
        raise Http404 from error


@signed_in
@require_GET
def saved_views(request: SignedInRequest) -> HttpResponse:
    """The views of one page, as a part of that page or as a page of its own."""
    page = request.GET.get("page", "")[:60]
    address = _address(page)
    present = services.kept_query(request.GET.get("query", "")[:4000])
    rows = [
        {
            "view": view,
            "anchor": f"delete-view-{view.pk}",
            "url": f"{address}?{view.query}&view={view.pk}",
            "is_own": view.owner_id == request.user.pk,
            "is_open": view.query == present and bool(present),
        }
        for view in views_of(request.user, page)
    ]
    context = {"rows": rows, "list_page": page, "list_url": address, "present": present}
    is_part = bool(request.htmx) and not request.htmx.history_restore_request
    return render(
        request, "accounts/saved_views_part.html" if is_part else "accounts/saved_views.html", context
    )


@signed_in
@require_POST
def save_view(request: SignedInRequest) -> HttpResponse:
    """Keep the list as it is shown."""
    form = SavedViewForm(request.POST)
    page, query = request.POST.get("list_page", "")[:60], request.POST.get("query", "")
    address = _address(page)
    if not form.is_valid():
        return _refused(request, form, f"{address}?{query}")
    try:
        view = services.save_view(page=page, query=query, by=request.user, **form.cleaned_data)
    except DomainError as refused:
        messages.error(request, str(refused))
        return redirect(f"{address}?{services.kept_query(query)}")
    messages.success(request, f"已保存视图“{view.name}”。")
    return redirect(f"{address}?{view.query}&view={view.pk}")


def _refused(request: HttpRequest, form: SavedViewForm, where: str) -> HttpResponse:
    messages.error(request, "；".join(problems_in(form)))
    return redirect(where)


@signed_in
@require_POST
def change_view(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rename, share or keep to oneself."""
    view = get_object_or_404(SavedView.objects.filter(owner=request.user), pk=pk)
    where = f"{reverse('accounts:saved_views')}?page={view.page}"
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        return _refused(request, form, where)
    try:
        view = services.change_view(view=view, by=request.user, **form.cleaned_data)
    except DomainError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已保存视图“{view.name}”。")
    return redirect(where)


@signed_in
@require_POST
def delete_view(request: SignedInRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.filter(owner=request.user), pk=pk)
    name, where = view.name, f"{reverse('accounts:saved_views')}?page={view.page}"
    services.delete_view(view=view, by=request.user)
    messages.success(request, f"已删除视图“{name}”。")
    return redirect(where)


@signed_in
@require_POST
def default_view(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the page with it from now on, or no longer."""
    view = get_object_or_404(SavedView.objects.offered_to(request.user), pk=pk)
    is_default = request.POST.get("default") == "yes"
    services.set_default(view=view, is_default=is_default, by=request.user)
    messages.success(
        request, f"打开该页面时将显示“{view.name}”。" if is_default else f"“{view.name}”不再是默认视图。"
    )
    return redirect(f"{reverse('accounts:saved_views')}?page={view.page}")
