# Made by generate_sync.py of _async/__init__.py: change it there.
"""The blocking client."""
