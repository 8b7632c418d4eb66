"""Pages of the desks that review and look on."""

from django.urls import path

from reporting.views import (
    blank_spots,
    cases,
    completeness,
    coverage,
    cycles,
    excuses,
    overview,
    review,
    standing,
    targets,
    totals,
    wall,
)

urlpatterns: list = [
    path("overview/", overview.overview, name="overview"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("standing/", standing.standing, name="standing"),
    path("wall/", wall.wall, name="wall"),
    path("completeness/", completeness.completeness_page, name="completeness"),
    path("targets/", targets.targets, name="targets"),
    path("targets/set/", targets.hand_down, name="hand_down"),
    path("totals/", totals.totals, name="totals"),
    path("registry/", totals.registry, name="registry"),
    path("totals/<slug:key>/", totals.sources, name="sources"),
    path("totals/<slug:key>/answers/", totals.answers, name="answers"),
    path("blank-spots/", blank_spots.blank_spots, name="blank_spots"),
    path("queue/", review.queue, name="queue"),
    path("queue/export/", review.export_queue, name="export_queue"),
    path("queue/accept/", review.accept_selected, name="accept_selected"),
    path("cases/", cases.case_list, name="cases"),
    path("cases/<int:pk>/confirm/", cases.confirm_case, name="confirm_case"),
    path("cases/<int:pk>/refuse/", cases.refuse_case, name="refuse_case"),
    path("cycles/", cycles.cycles, name="cycles"),
    path("cycles/open/<int:pk>/", cycles.open_next, name="open_next"),
    path("cycles/<int:pk>/lock/", cycles.lock, name="lock_cycle"),
    path("cycles/<int:pk>/reopen/", cycles.reopen, name="reopen_cycle"),
    path("cycles/<int:pk>/facts/", cycles.take_facts, name="take_facts"),
    path("deadlines/", cycles.deadlines, name="deadlines"),
    path("<int:pk>/review/", review.review, name="review"),
    path("<int:pk>/accept/", review.accept, name="accept"),
    path("<int:pk>/return/", review.send_back, name="send_back"),
    path("<int:pk>/excuse/", excuses.excuse, name="excuse"),
]
