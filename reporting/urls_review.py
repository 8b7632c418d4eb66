"""Pages of the desks that review and look on."""

from django.urls import path

from reporting.views import review

urlpatterns: list = [
    path("queue/", review.queue, name="queue"),
    path("queue/accept/", review.accept_selected, name="accept_selected"),
    path("<int:pk>/review/", review.review, name="review"),
    path("<int:pk>/accept/", review.accept, name="accept"),
    path("<int:pk>/return/", review.send_back, name="send_back"),
]
