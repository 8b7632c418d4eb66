"""Forms of the file room."""

from django import forms


class SheetForm(forms.Form):
    """One workbook that comes back."""

    file = forms.FileField(
        label="表格文件",
        help_text="从列表页导出后修改的表格，xlsx、xls、et 均可",
        error_messages={"required": "请选择要上传的表格。", "empty": "文件是空的，请检查后重新选择。"},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.et"}),
    )
