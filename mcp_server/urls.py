from django.urls import path

from mcp_server import views

app_name = "mcp_server"
urlpatterns = [
    path("settings/programs/", views.programs, name="programs"),
    path("settings/programs/<uuid:token_id>/revoke/", views.program_token_revoke, name="program-token-revoke"),
]
