import re
import unicodedata

from django import forms

from join.errors import CodeNeeded, NameNeeded

JOINERS = "\u200c\u200d"


def _is_unseen(letter: str) -> bool:
    """Controls and marks of direction; a space is seen."""
    return unicodedata.category(letter) in ("Cc", "Cf") and not letter.isspace()


class GuestForm(forms.Form):
    """What a guest of an open meeting enters."""

    name = forms.CharField(max_length=100, error_messages={"required": NameNeeded.detail})

    def clean_name(self) -> str:
        """Without what nobody sees, and with something to see; some scripts need the joiners."""
        kept = [letter for letter in self.cleaned_data["name"] if letter in JOINERS or not _is_unseen(letter)]
        name = " ".join("".join(kept).split())
        if not any(unicodedata.category(letter)[0] in "LNPS" for letter in name):
            raise forms.ValidationError(NameNeeded.detail)
        return name


class CodeForm(forms.Form):
    """The code of an invitation as people type it: in any case, with spaces, dashes or dots."""

    code = forms.CharField(max_length=100, error_messages={"required": CodeNeeded.detail})

    def clean_code(self) -> str:
        """As it is kept."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        return re.sub(r"[\W_]", "", typed).upper()
