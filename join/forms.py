from django import forms


class GuestForm(forms.Form):
    """What a guest of an open meeting tells of themselves."""

    name = forms.CharField(max_length=100, error_messages={"required": "Please enter your name."})
