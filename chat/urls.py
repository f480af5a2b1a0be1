from django.urls import path

from chat import views
from chat.memory import views as memory_views
from chat.replies import views as reply_views
from chat.search import views as search_views

app_name = "chat"
urlpatterns = [
    path("", views.conversation_list, name="conversation-list"),
    path("search/", search_views.message_search, name="message-search"),
    path("chat/", views.conversation_open, name="conversation-open"),
    path("chat/models/", views.model_list, name="model-list"),
    path("chat/<uuid:conversation_id>/", views.conversation_detail, name="conversation-detail"),
    path("chat/<uuid:conversation_id>/messages/", views.message_send, name="message-send"),
    path("chat/<uuid:conversation_id>/change/", views.conversation_change, name="conversation-change"),
    path("chat/<uuid:conversation_id>/delete/", views.conversation_delete, name="conversation-delete"),
    path("chat/<uuid:conversation_id>/restore/", views.conversation_restore, name="conversation-restore"),
    path("chat/<uuid:conversation_id>/related/", views.conversation_related, name="conversation-related"),
    path("chat/<uuid:conversation_id>/export/<slug:kind>/", views.conversation_export, name="conversation-export"),
    path("chat/messages/<uuid:message_id>/stream/", reply_views.message_stream, name="message-stream"),
    path("chat/messages/<uuid:message_id>/memory/", memory_views.message_memory, name="message-memory"),
    path(
        "chat/messages/<uuid:message_id>/memory/<int:number>/leave-out/",
        memory_views.piece_leave_out,
        name="piece-leave-out",
    ),
    path("chat/left-out/<uuid:left_out_id>/use-again/", memory_views.piece_use_again, name="piece-use-again"),
    path("chat/messages/<uuid:message_id>/forget/", memory_views.message_forget, name="message-forget"),
    path("chat/messages/<uuid:message_id>/remember/", memory_views.message_remember, name="message-remember"),
    path("chat/messages/<uuid:message_id>/stop/", views.message_stop, name="message-stop"),
    path("chat/messages/<uuid:message_id>/regenerate/", views.message_regenerate, name="message-regenerate"),
    path("chat/messages/<uuid:message_id>/continue/", views.message_continue, name="message-continue"),
]
