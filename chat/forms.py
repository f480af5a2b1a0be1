"""The forms of the chat pages."""

from typing import Literal

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.errors import EmptyMessage
from chat.models import MAX_MESSAGE_LENGTH
from chat.services import ConversationChanges
from chat.subjects.forms import SubjectField
from providers.forms import ModelChoiceField, ModelForm

ON_OR_OFF = [("true", _("On")), ("false", _("Off"))]
SWITCH_FIELDS: tuple[Literal["use_memory", "pinned", "archived"], ...] = ("use_memory", "pinned", "archived")


class MessageForm(ModelForm):
    content = forms.CharField(
        max_length=MAX_MESSAGE_LENGTH, strip=False, error_messages={"required": EmptyMessage.message}
    )
    about = SubjectField()


class ConversationForm(forms.Form):
    """Changes to a conversation: a field that is not sent is not changed."""

    title = forms.CharField(required=False, max_length=200)
    choice = ModelChoiceField()
    about = SubjectField()
    use_memory = forms.ChoiceField(choices=ON_OR_OFF, required=False)
    pinned = forms.ChoiceField(choices=ON_OR_OFF, required=False)
    archived = forms.ChoiceField(choices=ON_OR_OFF, required=False)

    def changes(self) -> ConversationChanges:
        sent = self.cleaned_data
        changes: ConversationChanges = {}
        if "title" in self.data:
            changes["title"] = sent["title"]
        if sent["choice"]:
            changes["provider"], changes["model"] = sent["choice"]
        for name in SWITCH_FIELDS:
            if sent[name]:
                changes[name] = sent[name] == "true"
        return changes


class PositionForm(forms.Form):
    """Which part of a long conversation to show. Each field is the id of a message.

    `before` and `after`: the messages before or after it. `message`: the page that a link to it opens. `new`: from it
    on, for the partial `new_messages`.
    """

    before = forms.UUIDField(required=False)
    after = forms.UUIDField(required=False)
    message = forms.UUIDField(required=False)
    new = forms.UUIDField(required=False)

    @property
    def part(self) -> str:
        """The partial of the page that answers an htmx request for this position."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if chosen.get("before"):
            return "earlier_messages"
        return "later_messages" if chosen.get("after") else "new_messages"
