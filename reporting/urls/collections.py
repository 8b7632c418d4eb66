"""Pages of the collections: listed, made in steps, started, paused."""

from django.urls import path

from reporting.views import collections as views

urlpatterns: list = [
    path("collections/", views.collections, name="collections"),
    path("collections/export/", views.export, name="export_collections"),
    path("collections/new/", views.new_collection, name="new_collection"),
    path("collections/<int:pk>/", views.collection, name="collection"),
    path("collections/<int:pk>/basics/", views.basics, name="collection_basics"),
    path("collections/<int:pk>/whom/", views.whom, name="collection_whom"),
    path("collections/<int:pk>/days/", views.days, name="collection_days"),
    path("collections/<int:pk>/start/", views.start, name="start_collection"),
    path("collections/<int:pk>/pause/", views.pause, name="pause_collection"),
    path("collections/<int:pk>/discard/", views.discard, name="discard_collection"),
]
