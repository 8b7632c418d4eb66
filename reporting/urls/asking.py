"""Pages of questions of one's own and of subscriptions."""

from django.urls import path

from reporting.views import asking, subscriptions

urlpatterns: list = [
    path("ask/", asking.asking, name="asking"),
    path("ask/export/", asking.export_question, name="export_question"),
    path("ask/keep/", asking.keep, name="keep_question"),
    path("ask/<int:pk>/forget/", asking.forget, name="forget_question"),
    path("subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/new/", subscriptions.subscribe, name="subscribe"),
    path("subscriptions/<int:pk>/pause/", subscriptions.pause, name="pause_subscription"),
    path("subscriptions/<int:pk>/resume/", subscriptions.resume, name="resume_subscription"),
    path("subscriptions/<int:pk>/end/", subscriptions.end, name="end_subscription"),
]
