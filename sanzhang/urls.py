"""Pages of sanzhang."""

app_name = "sanzhang"
urlpatterns: list = []
