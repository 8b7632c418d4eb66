"""A form whose warnings pass with a line of explanation."""

from __future__ import annotations

from django import forms

from core.refusals import WarnedForm


class ExplainedForm(WarnedForm):
    """The line is asked for only once there is a warning."""

    explanation = forms.CharField(
        label="说明",
        required=False,
        max_length=200,
        help_text="核对无误后，请用一句话说明情况再提交。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @property
    def asks_explanation(self) -> bool:
        return self.is_warned or bool(self.data.get(self.add_prefix("explanation")))
