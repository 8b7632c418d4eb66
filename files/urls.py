"""Pages of files."""

app_name = "files"
urlpatterns: list = []
