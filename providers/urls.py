from django.urls import path

from providers import views

app_name = "providers"
urlpatterns = [
    path("settings/keys/", views.keys, name="keys"),
    path("settings/keys/models/", views.models, name="models"),
    path("settings/keys/<slug:provider>/", views.key_store, name="key-store"),
    path("settings/keys/<slug:provider>/validate/", views.key_validate, name="key-validate"),
    path("settings/keys/<slug:provider>/forget/", views.key_forget, name="key-forget"),
]
