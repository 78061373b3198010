"""The wing of captions: a picture in, a sentence out."""
