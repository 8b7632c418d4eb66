"""One's messages."""

from __future__ import annotations

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.access import SignedInRequest, signed_in
from core.listing import opens_with_default
from core.refusals import refusals_shown
from notices.filters import InboxFilter
from notices.forms import ReachForm
from notices.models import Message, SmsConsent
from notices.selectors import policy_in_force
from notices.services import mark_read
from notices.services.consents import set_reach


@signed_in
@require_GET
@opens_with_default("notices:inbox")
def inbox(request: SignedInRequest) -> HttpResponse:
    """Newest first; unread ones are marked."""
    found = InboxFilter(request.GET, queryset=Message.objects.to(request.user))
    page = Paginator(found.qs, 30).get_page(request.GET.get("page"))
    context = {"filter": found, "page": page, "unread": Message.objects.to(request.user).unread().count()}
    return render(request, "notices/inbox.html", context)


@signed_in
@require_POST
def read(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    message = get_object_or_404(Message.objects.to(request.user), pk=pk)
    mark_read(messages=Message.objects.filter(pk=message.pk))
    is_ours = url_has_allowed_host_and_scheme(message.link, None)
    return redirect(message.link if message.link and is_ours else "notices:inbox")


@signed_in
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    count = mark_read(messages=Message.objects.to(request.user))
    flash.success(request, f"已将 {count} 条消息标为已读。")
    return redirect("notices:inbox")


@signed_in
def preferences(request: SignedInRequest) -> HttpResponse:
    """How one is reached besides the portal."""
    user = request.user
    initial = {"email": user.email, "sms": SmsConsent.objects.filter(user=user).exists()}
    form = ReachForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            set_reach(by=user, **form.cleaned_data)
            flash.success(request, "消息设置已保存。")
            return redirect("notices:preferences")
    context = {"form": form, "policy": policy_in_force(), "crumbs": [("消息", reverse("notices:inbox"))]}
    return render(request, "notices/preferences.html", context, status=422 if form.errors else 200)
