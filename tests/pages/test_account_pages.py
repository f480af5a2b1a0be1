"""allauth's pages as this project configures them: sign-up, sign-in, passwords, the second factor, sessions."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.accounts.credentials import PASSWORD, AuthenticatorApp
from tests.factories import UserFactory

SIGN_IN = "/accounts/login/"
SIGN_UP = "/accounts/signup/"


@pytest.fixture
def alice(db: None) -> User:
    return UserFactory(email="alice@example.org", password=PASSWORD)


@pytest.fixture
def window(alice: User) -> Client:
    """Alice's browser, signed in by the form."""
    client = Client()
    assert sign_in(client) == "/"
    return client


def sign_in(client: Client, *, password: str = PASSWORD, target: str = "") -> str:
    """The URL that the sign-in form redirects Alice to; empty if she is not signed in."""
    form = {"login": "alice@example.org", "password": password, "next": target}
    return client.post(SIGN_IN, form).headers.get("Location", "")


def sign_up(email: str, **extra: str) -> int:
    return Client().post(SIGN_UP, {"email": email, "password1": PASSWORD, **extra}).status_code


@pytest.mark.django_db
def test_the_first_sign_up_becomes_the_operator_and_the_page_says_so() -> None:
    assert "becomes its operator" in Client().get(SIGN_UP).text
    assert sign_up("First@Example.org") == 302
    first = User.objects.get(email="first@example.org")
    assert (first.is_staff, first.is_superuser) == (True, True)
    assert EmailAddress.objects.get(user=first).primary

    assert "becomes its operator" not in Client().get(SIGN_UP).text
    assert sign_up("second@example.org", is_staff="on", is_superuser="on") == 302
    second = User.objects.get(email="second@example.org")
    assert (second.is_staff, second.is_superuser) == (False, False)


def test_an_address_is_taken_in_any_case(alice: User) -> None:
    assert sign_up("ALICE@example.org") in (200, 422)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_closed_sign_up_creates_no_account(settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    sign_up("late@example.org")
    assert not User.objects.exists()
    assert "closed" in Client().get(SIGN_UP).text


def test_signing_in_changes_the_session_id(alice: User) -> None:
    client = Client()
    client.session.save()
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "///evil.example",
        "javascript:alert(1)",
        "\\\\evil",
    ],
)
def test_sign_in_never_redirects_to_another_site(target: str, alice: User) -> None:
    assert sign_in(Client(), target=target) == "/"


def test_sign_in_redirects_to_the_requested_page(alice: User) -> None:
    assert sign_in(Client(), target="/settings/tokens/") == "/settings/tokens/"


def test_a_wrong_password_and_an_unknown_address_read_the_same(alice: User) -> None:
    def answer(email: str) -> str:
        text = Client().post(SIGN_IN, {"login": email, "password": "wrong password"}).text
        return re.sub(r'(csrf[^>]*|X-CSRFToken[^}]*|value="[^"]*")', "", text)

    assert answer("alice@example.org") == answer("unknown@example.org")


def test_the_form_and_the_api_count_guesses_together(alice: User) -> None:
    for number in range(10):
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), password="wrong password")
    body = {"email": "alice@example.org", "password": PASSWORD}
    assert Client().post("/api/auth/login", body, content_type="application/json").status_code == 429


def test_a_suspended_user_cannot_sign_in(alice: User) -> None:
    User.objects.update(is_active=False)
    client = Client()
    assert sign_in(client) == "/accounts/inactive/"
    assert client.get(reverse("accounts:settings")).status_code == 302


def test_changing_the_password_ends_the_other_sessions(alice: User, window: Client) -> None:
    other = Client()
    sign_in(other)
    form = {"oldpassword": PASSWORD, "password1": "another long secret", "password2": "another long secret"}
    assert window.post(reverse("account_change_password"), form).status_code == 302
    assert window.get(reverse("accounts:settings")).status_code == 200
    assert other.get(reverse("accounts:settings")).status_code == 302


def test_a_password_is_reset_by_mail(alice: User, window: Client) -> None:
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "Alice@example.org"})
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert found is not None
    form = client.get(found[1], follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": "another long secret", "password2": "another long secret"})
    assert sign_in(Client(), password="another long secret") == "/"
    # The link works once, and earlier sessions have ended.
    assert Client().get(found[1]).context["token_fail"]
    assert window.get(reverse("accounts:settings")).status_code == 302


def test_a_reset_responds_the_same_for_an_unknown_address(alice: User) -> None:
    known = Client().post(reverse("account_reset_password"), {"email": "alice@example.org"})
    unknown = Client().post(reverse("account_reset_password"), {"email": "unknown@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_an_unavailable_mail_server_is_an_error_message(alice: User, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1  # nothing listens there
    for email in ("alice@example.org", "unknown@example.org"):
        response = Client().post(reverse("account_reset_password"), {"email": email})
        assert response.status_code == 503
        assert "send email" in response.text


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example/"])
def test_sign_out_never_redirects_to_another_site(target: str, window: Client) -> None:
    response = window.post(f"{reverse('account_logout')}?next={target}", {"next": target})
    assert response["Location"] == "/"
    assert window.get(reverse("accounts:settings")).status_code == 302


def test_the_second_factor_is_required_after_the_password(alice: User) -> None:
    app = AuthenticatorApp.of(alice)
    client = Client()
    assert sign_in(client) == "/accounts/2fa/authenticate/"
    assert client.get(reverse("accounts:settings")).status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.get(reverse("accounts:settings")).status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": app.code()}).status_code == 302
    assert client.get(reverse("accounts:settings")).status_code == 200


def test_activating_the_second_factor_requires_the_password_again(alice: User, window: Client) -> None:
    activate = reverse("mfa_activate_totp")
    assert window.get(activate)["Location"].startswith(reverse("account_reauthenticate"))
    window.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": activate})
    form = window.get(activate).context["form"]
    assert window.post(activate, {"code": AuthenticatorApp(form.secret).code()}).status_code == 302
    assert set(Authenticator.objects.filter(user=alice).values_list("type", flat=True)) == {"totp", "recovery_codes"}


PAGES = [
    "account_email",
    "account_change_password",
    "mfa_index",
    "usersessions_list",
    "account_logout",
]


@pytest.mark.parametrize("name", PAGES)
def test_each_security_page_opens(name: str, window: Client) -> None:
    response = window.get(reverse(name))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password", "account_inactive"])
@pytest.mark.django_db
def test_each_page_before_sign_in_opens(name: str) -> None:
    assert Client().get(reverse(name)).status_code == 200


def test_a_session_is_listed_and_ended_from_another(alice: User, window: Client) -> None:
    other = Client()
    sign_in(other)
    assert len(window.get(reverse("usersessions_list")).context["sessions"]) == 2
    window.post(reverse("usersessions_list"))
    assert other.get(reverse("accounts:settings")).status_code == 302
    assert window.get(reverse("accounts:settings")).status_code == 200


def test_the_admin_uses_the_same_sign_in(alice: User) -> None:
    response = Client().get("/admin/")
    assert response.status_code == 302
    landing = Client().get(response["Location"])
    assert landing["Location"].startswith(SIGN_IN)


def test_the_admin_is_for_staff_only(alice: User, window: Client) -> None:
    assert window.get("/admin/", follow=True).status_code == 403
    User.objects.update(is_staff=True, is_superuser=True)
    assert window.get("/admin/").status_code == 200


def test_a_forged_form_changes_nothing(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(reverse("accounts:profile"), {"name": "Forged"}).status_code == 403
    assert User.objects.get().name == ""


def test_pages_cannot_be_framed(window: Client) -> None:
    response = window.get(reverse("accounts:settings"))
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_too_many_posts_to_the_form_are_a_429_page(alice: User) -> None:
    client = Client()
    responses = [client.post(SIGN_IN, {"login": "x"}) for _ in range(31)]
    assert responses[-1].status_code == 429
    assert "text/html" in responses[-1]["Content-Type"]
