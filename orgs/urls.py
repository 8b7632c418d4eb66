"""Pages of orgs."""

from django.urls import path

from orgs.views import browsing, editing

app_name = "orgs"
urlpatterns = [
    path("", browsing.tree, name="tree"),
    path("list/", browsing.unit_list, name="list"),
    path("list/export/", browsing.export, name="export"),
    path("expected/", editing.expectations, name="expectations"),
    path("expected/confirm/", editing.confirm_expected, name="confirm_expected"),
    path("<int:pk>/", browsing.detail, name="detail"),
    path("<int:pk>/branch/", browsing.branch, name="branch"),
    path("<int:pk>/establishment/", editing.establishment, name="edit_establishment"),
    path("<int:pk>/officers/<slug:role>/", editing.officer, name="edit_officer"),
    path("<int:pk>/officers/<int:officer_pk>/phone/", editing.reveal_phone, name="reveal_phone"),
    path("<int:pk>/items/", editing.items, name="edit_items"),
]
