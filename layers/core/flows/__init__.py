"""The shared package of the workflow platform."""
