"""Pages of reorganisations, below ``orgs/reorganisations/``."""

from django.urls import path

from orgs.views import reorganising, reorganising_steps

urlpatterns = [
    path("", reorganising.reorganisations, name="reorganisations"),
    path("new/", reorganising.new_reorganisation, name="new_reorganisation"),
    path("units/", reorganising_steps.units, name="reorganisation_units"),
    path("<int:pk>/", reorganising.reorganisation, name="reorganisation"),
    path("<int:pk>/lines/", reorganising_steps.lines, name="reorganisation_lines"),
    path("<int:pk>/lines/add/<slug:kind>/", reorganising_steps.add_line, name="add_reorganisation_line"),
    path(
        "<int:pk>/lines/<int:place>/remove/",
        reorganising_steps.remove_line,
        name="remove_reorganisation_line",
    ),
    path("<int:pk>/homes/", reorganising_steps.homes, name="reorganisation_homes"),
    path("<int:pk>/basis/", reorganising_steps.basis, name="reorganisation_basis"),
    path("<int:pk>/choices/", reorganising_steps.choices, name="reorganisation_choices"),
    path("<int:pk>/preview/", reorganising_steps.preview, name="reorganisation_preview"),
    path("<int:pk>/apply/", reorganising_steps.apply, name="apply_reorganisation"),
    path("<int:pk>/schedule/", reorganising_steps.schedule, name="schedule_reorganisation"),
    path("<int:pk>/unschedule/", reorganising.unschedule, name="unschedule_reorganisation"),
    path("<int:pk>/discard/", reorganising.discard, name="discard_reorganisation"),
    path("<int:pk>/undo/", reorganising.undo, name="undo_reorganisation"),
]
