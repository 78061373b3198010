"""Sentences from one language into another: a transformer that translates."""
