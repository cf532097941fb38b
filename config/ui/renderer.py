"""How Django's forms are rendered: with our templates."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Django's own templates, but for a field: label, control, help and errors in one block."""

    field_template_name = "components/_field.html"
