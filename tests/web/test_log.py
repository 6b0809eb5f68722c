import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "address"), [("GET", "/tidak-ada"), ("GET", "/logout")])
def test_what_a_client_got_wrong_is_no_news_for_the_log(
    client: Client, caplog: pytest.LogCaptureFixture, method: str, address: str
) -> None:
    assert client.generic(method, address).status_code in {404, 405}
    assert caplog.records == []


@pytest.mark.django_db
def test_a_form_from_elsewhere_is(caplog: pytest.LogCaptureFixture) -> None:
    Client(enforce_csrf_checks=True).post("/login", {})
    assert [record.name for record in caplog.records] == ["django.security.csrf"]
