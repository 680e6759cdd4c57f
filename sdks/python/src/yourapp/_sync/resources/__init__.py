# Made by generate_sync.py of _async/resources/__init__.py: change it there.
"""The API's resources, one a module."""
