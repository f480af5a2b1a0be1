from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.settings, name="settings"),
    path("profile/", views.profile, name="profile"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", views.token_revoke, name="token-revoke"),
    path("data/", views.data, name="data"),
    path("data/export/", views.data_export, name="data-export"),
    path("data/delete/", views.account_delete, name="account-delete"),
]
