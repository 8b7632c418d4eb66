"""Pages of reporting: the desks that fill in, and the desks that review."""

from reporting.urls_fill import urlpatterns as fill_patterns
from reporting.urls_papers import urlpatterns as papers_patterns
from reporting.urls_review import urlpatterns as review_patterns

app_name = "reporting"
urlpatterns = [*fill_patterns, *papers_patterns, *review_patterns]
