"""The form that remembers a passage."""

from django import forms


class PassageForm(forms.Form):
    """Without `text`, the whole message is remembered. The service checks how long the text is."""

    message_id = forms.UUIDField()
    text = forms.CharField(required=False)
