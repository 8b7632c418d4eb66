"""Pages of the register of forms and of the designer."""

from django.urls import path

from reporting.views import burden, designer, designer_items, designer_versions, register

urlpatterns: list = [
    path("forms/", register.forms, name="forms"),
    path("forms/export/", register.export_forms, name="export_forms"),
    path("forms/new/", designer.new_form, name="new_form"),
    path("forms/samples/", designer.samples, name="form_samples"),
    path("forms/<int:pk>/", register.form, name="form"),
    path("forms/<int:pk>/register/", designer.register, name="register_form"),
    path("forms/<int:pk>/unregister/", designer.unregister, name="unregister_form"),
    path("forms/<int:pk>/rename/", designer.rename, name="rename_form"),
    path("forms/<int:pk>/draft/", designer.start_draft, name="start_draft"),
    path("forms/versions/<int:pk>/", designer_versions.version, name="form_version"),
    path("forms/versions/<int:pk>/preview/", designer_versions.preview, name="preview_form"),
    path("forms/versions/<int:pk>/diff/", designer_versions.compare, name="form_diff"),
    path("forms/versions/<int:pk>/publish/", designer_versions.publish_draft, name="publish_form"),
    path("forms/versions/<int:pk>/discard/", designer_versions.discard, name="discard_form"),
    path("forms/versions/<int:pk>/sections/", designer_versions.add_section, name="add_section"),
    path("forms/versions/<int:pk>/items/", designer_items.new_item, name="new_item"),
    path("forms/versions/<int:pk>/take/", designer_items.take, name="take_item"),
    path("forms/versions/<int:pk>/rules/", designer_items.new_rule, name="new_rule"),
    path("forms/versions/<int:pk>/rules/<int:number>/", designer_items.rule, name="form_rule"),
    path(
        "forms/versions/<int:pk>/rules/<int:number>/remove/", designer_items.remove_rule, name="remove_rule"
    ),
    path("forms/sections/<int:pk>/", designer_versions.section, name="form_section"),
    path("forms/items/<int:pk>/", designer_items.item, name="form_item"),
    path("forms/items/<int:pk>/act/", designer_items.act_on_item, name="act_on_item"),
    path("feedback/", burden.feedback, name="feedback"),
    path("feedback/export/", burden.export_feedback, name="export_feedback"),
    path("feedback/<int:pk>/answer/", burden.answer, name="answer_feedback"),
]
