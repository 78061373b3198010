"""The lessons: each idea of the course as a page, an experiment and a picture. `python -m apps.lessons list` shows them."""
