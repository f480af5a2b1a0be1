"""Pages that replace allauth's, under its addresses and names."""

from django.urls import path

from accounts.sign_in import views

urlpatterns = [
    path("email/", views.email_change, name="account_email"),
    path("2fa/totp/activate/", views.ActivateTOTPView.as_view(), name="mfa_activate_totp"),
    path("sessions/", views.SessionsView.as_view(), name="usersessions_list"),
]
