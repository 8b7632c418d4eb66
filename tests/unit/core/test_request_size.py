"""Too much is refused before it is read."""

import io

from django.test import RequestFactory

from core.middleware import RequestSizeMiddleware


class Unread(io.BytesIO):
    def read(self, *args):
        raise AssertionError("the body was read")


def _post(client, path, size):
    return client.generic(
        "POST", path, "", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(size)
    )


def test_two_hundred_megabytes_are_refused_unread(clerk, client_of):
    client = client_of(clerk)
    answer = client.post("/files/", data=None, CONTENT_LENGTH=str(200 * 1024 * 1024))
    assert answer.status_code == 413
    assert "超过 185 MB" in answer.content.decode()


def test_the_body_stays_unread(clerk, settings):
    request = RequestFactory().post("/files/", CONTENT_LENGTH=str(settings.REQUEST_MAX_BYTES + 1))
    request.user = clerk
    request._stream = Unread()
    assert RequestSizeMiddleware(lambda request: None)(request).status_code == 413


def test_the_interface_answers_with_a_problem(db, client):
    answer = client.post("/api/v1/exports/", CONTENT_LENGTH=str(200 * 1024 * 1024))
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["title"], body["errors"][0]["code"]) == ("内容过大", "request_too_large")
    assert body["detail"] == body["errors"][0]["message"]


def test_what_fits_goes_on(settings):
    request = RequestFactory().post("/files/", CONTENT_LENGTH=str(settings.REQUEST_MAX_BYTES))
    assert RequestSizeMiddleware(lambda request: "answer")(request) == "answer"
