"""Pages of reporting: the desks that fill in, and the desks that review."""

from reporting.urls.asking import urlpatterns as asking_patterns
from reporting.urls.collections import urlpatterns as collection_patterns
from reporting.urls.fill import urlpatterns as fill_patterns
from reporting.urls.forms import urlpatterns as form_patterns
from reporting.urls.issues import urlpatterns as issue_patterns
from reporting.urls.papers import urlpatterns as papers_patterns
from reporting.urls.review import urlpatterns as review_patterns

app_name = "reporting"
urlpatterns = [
    *collection_patterns,
    *asking_patterns,
    *fill_patterns,
    *form_patterns,
    *issue_patterns,
    *papers_patterns,
    *review_patterns,
]
