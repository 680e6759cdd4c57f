"""Connectors as data: one YAML file a service (``services/<id>.yaml``), one schema, one executor. Adding one needs no code."""
