"""Pages about composition and coverage."""

from django.urls import path

from sanzhang.views import composition, coverage, ratios

urlpatterns = [
    path("composition/", composition.composition, name="composition"),
    path("composition/bodies/", composition.composed_bodies, name="composed_bodies"),
    path("composition/people/", composition.composed_people, name="composed_people"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/units/", coverage.cover_units, name="cover_units"),
    path("ratios/", ratios.ratios, name="ratios"),
    path("ratios/new/", ratios.new_ratio, name="new_ratio"),
    path("ratios/<int:pk>/end/", ratios.end_ratio, name="end_ratio"),
]
