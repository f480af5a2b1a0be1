"""The forms of remembered passages."""

from django import forms


class PassageListForm(forms.Form):
    """What the page of passages shows. An invalid value is ignored."""

    first = forms.UUIDField(required=False)


class PassageForm(forms.Form):
    """Without `text`, the whole message is remembered. The service checks how long the text is."""

    message_id = forms.UUIDField()
    text = forms.CharField(required=False)
