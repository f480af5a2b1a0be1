from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/profile/", views.profile, name="profile"),
    path("settings/tokens/", views.tokens, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revoke/", views.token_revoke, name="token-revoke"),
    path("settings/data/", views.data, name="data"),
    path("settings/data/export/", views.data_export, name="data-export"),
    path("settings/data/delete/", views.account_delete, name="account-delete"),
]
