"""Django's admin under our content policy."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User


@pytest.fixture
def operator(alice: User) -> User:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    return alice


def test_every_list_and_form_of_the_admin_works_under_the_policy(
    open_browser: Callable[..., Page], operator: User
) -> None:
    page = open_browser(operator)
    page.goto(reverse("admin:index"))
    expect(page.locator("#content")).to_be_visible()
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        page.goto(reverse(f"{name}_changelist"))
        expect(page.locator("#changelist, #content")).not_to_have_count(0)
