"""Files that may be added to a record of work."""

from __future__ import annotations

from django import forms


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class PhotosForm(forms.Form):
    """Photos and papers of an activity; never compulsory."""

    file = forms.FileField(label="选择文件", widget=ManyFiles, required=False)


class PaperForm(forms.Form):
    """The paper of a support."""

    file = forms.FileField(label="选择文件", required=False)
