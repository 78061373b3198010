"""What is installed, which pyproject.toml cannot say: all of zoo/, a folder of pictures, and two folders under other names.

The pretrained models go into zoo, where `zoo.load` finds them. The apps are the package intro_zoo, since a package called apps
would get in the way of others. benchmarks/ and tests/ stay in the checkout.
"""

from setuptools import find_packages, setup

FOLDERS = {"zoo.saved_models": "saved_models", "intro_zoo": "apps"}

PICTURES = "zoo.captions.drawings"  # without a module, so that find_packages does not see it

setup(packages=[*find_packages(include=["zoo", "zoo.*"]), PICTURES, *FOLDERS], package_dir=FOLDERS)
