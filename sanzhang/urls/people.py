"""Pages about people: doubles, papers, sheets."""

from django.urls import path

from sanzhang.views import doubles, occupations, papers

urlpatterns = [
    path("doubles/", doubles.doubles, name="doubles"),
    path("<int:pk>/merge/", doubles.merge, name="merge"),
    path("merges/<int:pk>/undo/", doubles.undo_merge, name="undo_merge"),
    path("<int:pk>/form/<slug:form>/", papers.form_of_person, name="form_of_person"),
    path("roster/<slug:form>/", papers.roster, name="roster"),
    path("sheet/", papers.sheet, name="sheet"),
    path("sheet/blank/", papers.blank_sheet, name="blank_sheet"),
    path("occupations/<int:pk>/move/", occupations.move_occupation, name="move_occupation"),
    path("occupations/<int:pk>/delete/", occupations.delete_occupation, name="delete_occupation"),
    path("briefings/<int:pk>/", papers.briefing, name="briefing"),
    path("briefings/<int:pk>/file/<slug:form>/", papers.briefing_file, name="briefing_file"),
]
