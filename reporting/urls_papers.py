"""The page of workbook and bulletin."""

from django.urls import path

from reporting.views import papers

urlpatterns: list = [path("papers/", papers.papers, name="papers")]
