"""Where the pages of memory return to."""

from django import forms


class ReturnForm(forms.Form):
    """The id of the reply whose panel the user came from, or of the reply in its chat."""

    panel = forms.UUIDField(required=False)
    chat = forms.UUIDField(required=False)
