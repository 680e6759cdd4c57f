"""The API's resources, one a module."""
