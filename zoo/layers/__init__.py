"""Keras layers for any task."""
