"""Pages of orgs."""

from django.urls import include, path

from orgs.views import browsing, cohorts, confirming, editing, expecting, items, listing, roster

app_name = "orgs"
urlpatterns = [
    path("affiliates/", include("orgs.urls.affiliates")),
    path("reorganisations/", include("orgs.urls.reorganising")),
    path("divisions/", include("orgs.urls.yearly")),
    path("integrity/", include("orgs.urls.integrity")),
    path("", browsing.tree, name="tree"),
    path("list/", listing.unit_list, name="list"),
    path("list/export/", listing.export, name="export"),
    path("list/change/", listing.bulk_edit, name="bulk_edit"),
    path("expected/", expecting.expectations, name="expectations"),
    path("expected/confirm/", expecting.confirm_expected, name="confirm_expected"),
    path("roster/", roster.roster, name="roster"),
    path("missing/", roster.missing, name="missing"),
    path("items/", items.item_coverage, name="item_coverage"),
    path("items/units/", items.item_holders, name="item_holders"),
    path("confirmations/", confirming.confirmations, name="confirmations"),
    path("confirmations/confirm/", confirming.confirm_items, name="confirm_items"),
    path("confirmations/check/", confirming.check_items, name="check_items"),
    path("cohorts/", cohorts.cohorts, name="cohorts"),
    path("cohorts/new/", cohorts.new_cohort, name="new_cohort"),
    path("cohorts/<int:pk>/", cohorts.cohort, name="cohort"),
    path("cohorts/<int:pk>/edit/", cohorts.edit_cohort, name="edit_cohort"),
    path("cohorts/<int:pk>/close/", cohorts.close_cohort, name="close_cohort"),
    path("cohorts/<int:pk>/reopen/", cohorts.reopen_cohort, name="reopen_cohort"),
    path("cohorts/<int:pk>/join/", cohorts.join_cohort, name="join_cohort"),
    path("cohorts/<int:pk>/leave/", cohorts.leave_cohort, name="leave_cohort"),
    path("<int:pk>/", browsing.detail, name="detail"),
    path("<int:pk>/branch/", browsing.branch, name="branch"),
    path("<int:pk>/establishment/", editing.establishment, name="edit_establishment"),
    path("<int:pk>/officers/<slug:role>/", editing.officer, name="edit_officer"),
    path("<int:pk>/officers/<int:officer_pk>/phone/", editing.reveal_phone, name="reveal_phone"),
    path("<int:pk>/officers/<slug:role>/clear/", editing.clear_officer, name="clear_officer"),
    path("<int:pk>/resources/", editing.resources, name="edit_resources"),
    path("<int:pk>/items/", editing.items, name="edit_items"),
    path("<int:pk>/items/files/<uuid:file_id>/drop/", editing.drop_evidence, name="drop_evidence"),
    path("<int:pk>/history/", roster.history, name="history"),
    path("<int:pk>/confirmation/", confirming.confirmation, name="confirmation"),
    path("<int:pk>/confirmation/return/", confirming.return_items, name="return_items"),
]
