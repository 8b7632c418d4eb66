"""Pages of the yearly code update, below ``orgs/divisions/``."""

from django.urls import path

from orgs.views import yearly

urlpatterns = [
    path("", yearly.division_updates, name="division_updates"),
    path("new/", yearly.new_division_update, name="new_division_update"),
    path("<int:pk>/", yearly.division_update, name="division_update"),
    path("<int:pk>/accept/", yearly.accept_division_changes, name="accept_division_changes"),
    path("<int:pk>/discard/", yearly.discard_division_update, name="discard_division_update"),
    path("<int:pk>/draft/", yearly.draft_division_update, name="draft_division_update"),
    path("<int:pk>/apply/", yearly.apply_division_update, name="apply_division_update"),
    path("<int:pk>/changes/<int:change_pk>/", yearly.division_change, name="division_change"),
    path("<int:pk>/changes/<int:change_pk>/targets/", yearly.division_targets, name="division_targets"),
    path(
        "<int:pk>/changes/<int:change_pk>/reset/", yearly.reset_division_change, name="reset_division_change"
    ),
]
