"""The look: template tags, charts, icons, bundles and what every page is given."""
