"""Pages of sanzhang."""

from django.urls import path

from sanzhang.views import candidacies, occupations, people, seats, terms

app_name = "sanzhang"
urlpatterns = [
    path("", people.people_list, name="list"),
    path("export/", people.export, name="export"),
    path("register/", seats.register, name="register"),
    path("register/choices/", seats.register_choices, name="register_choices"),
    path("doubles/", people.doubles, name="doubles"),
    path("<int:pk>/", people.person, name="person"),
    path("<int:pk>/edit/", people.edit, name="edit"),
    path("<int:pk>/phone/", people.phone, name="phone"),
    path("<int:pk>/merge/", people.merge, name="merge"),
    path("<int:pk>/seats/new/", seats.new_seat, name="new_seat"),
    path("seats/<int:pk>/end/", seats.end_seat, name="end_seat"),
    path("seats/<int:pk>/void/", seats.void_seat, name="void_seat"),
    path("seats/<int:pk>/file/", seats.file_seat, name="file_seat"),
    path("candidacies/", candidacies.board, name="candidacies"),
    path("candidacies/<int:pk>/", candidacies.candidacy, name="candidacy"),
    path("candidacies/<int:pk>/step/", candidacies.take_step, name="take_step"),
    path("candidacies/<int:pk>/appoint/", candidacies.appoint, name="appoint"),
    path("candidacies/<int:pk>/withdraw/", candidacies.withdraw, name="withdraw"),
    path("terms/", terms.terms, name="terms"),
    path("terms/new/", terms.open_term, name="open_term"),
    path("terms/<int:pk>/renew/", terms.renew_term, name="renew_term"),
    path("occupations/", occupations.occupations, name="occupations"),
    path("occupations/new/", occupations.edit_occupation, name="new_occupation"),
    path("occupations/<int:pk>/", occupations.edit_occupation, name="edit_occupation"),
]
