"""Integrations: services that an account has connected, each a connector with a credential."""
