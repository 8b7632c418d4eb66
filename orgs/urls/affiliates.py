"""Pages of affiliates, below those of orgs."""

from django.urls import path

from orgs.views import affiliate_acts as acts
from orgs.views import affiliate_boards as boards
from orgs.views import affiliates

urlpatterns = [
    path("", affiliates.affiliate_list, name="affiliates"),
    path("export/", affiliates.export, name="affiliates_export"),
    path("new/", affiliates.register, name="register_affiliate"),
    path("overview/", boards.overview, name="affiliates_overview"),
    path("overview/export/", boards.export_overview, name="affiliates_overview_export"),
    path("partners/", boards.matrix, name="affiliates_matrix"),
    path("partners/export/", boards.export_matrix, name="affiliates_matrix_export"),
    path("partners/<int:partner_pk>/end/", acts.end_partner, name="end_partner"),
    path("kinds/", boards.kinds, name="affiliate_kinds"),
    path("kinds/new/", boards.edit_kind, name="new_affiliate_kind"),
    path("kinds/<int:kind_pk>/", boards.edit_kind, name="affiliate_kind"),
    path("<int:affiliate_pk>/", affiliates.affiliate, name="affiliate"),
    path("<int:affiliate_pk>/edit/", affiliates.edit, name="edit_affiliate"),
    path("<int:affiliate_pk>/state/", acts.state, name="affiliate_state"),
    path("<int:affiliate_pk>/exit/", acts.leave, name="exit_affiliate"),
    path("<int:affiliate_pk>/members/", acts.members, name="affiliate_members"),
    path("<int:affiliate_pk>/partners/units/", acts.unit_partners, name="affiliate_unit_partners"),
    path("<int:affiliate_pk>/partners/named/", acts.named_partner, name="affiliate_named_partner"),
    path("<int:affiliate_pk>/phone/", acts.phone, name="affiliate_phone"),
]
