"""The province's list of occupations."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import tables
from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from sanzhang.forms import OccupationForm
from sanzhang.models import Occupation
from sanzhang.permissions import EDIT_OCCUPATIONS
from sanzhang.services import occupations as service
from sanzhang.tables.seats import OCCUPATIONS
from sanzhang.views.rows import typed


@require_GET
@requires(EDIT_OCCUPATIONS)
def occupations(request: SignedInRequest) -> HttpResponse:
    """Every occupation with what it may take and how many people have it."""
    order = tables.order_of(request, OCCUPATIONS, default="order")
    present = Q(people__merged_into__isnull=True, people__voided_at__isnull=True)
    rows = Occupation.objects.annotate(people_count=Count("people", filter=present)).prefetch_related("seats")
    table = tables.build(
        rows.order_by(order, "id"), OCCUPATIONS, request=request, order=order, caption="职业身份"
    )
    return render(request, "sanzhang/occupations.html", {"table": table})


@require_http_methods(["GET", "POST"])
@requires(EDIT_OCCUPATIONS)
def edit_occupation(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Change an occupation, or add one."""
    occupation = None if pk is None else get_object_or_404(Occupation, pk=pk)
    form = OccupationForm(typed(request), occupation=occupation)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        facts = {name: data[name] for name in ("name", "category", "field", "order", "is_active")}
        with refusals_shown(form):
            service.save(occupation=occupation, seats=form.seats(), by=request.user, **facts)
            messages.success(request, "已保存。")
            return redirect("sanzhang:occupations")
    context = {
        "form": form,
        "occupation": occupation,
        "used": occupation is not None and occupation.people.exists(),
        "crumbs": [("职业身份", reverse("sanzhang:occupations"))],
    }
    return render(request, "sanzhang/occupation.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(EDIT_OCCUPATIONS)
def move_occupation(request: SignedInRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    occupation = get_object_or_404(Occupation, pk=pk)
    service.move(occupation=occupation, up=request.POST.get("to") == "up", by=request.user)
    return redirect("sanzhang:occupations")


@require_POST
@requires(EDIT_OCCUPATIONS)
def delete_occupation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Off the list, where nobody has it."""
    occupation = get_object_or_404(Occupation, pk=pk)
    service.delete(occupation=occupation, by=request.user)
    messages.success(request, f"已删除“{occupation.name}”。")
    return redirect("sanzhang:occupations")
