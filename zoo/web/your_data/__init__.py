"""Training on a user's own data, for the tab of that name.

kinds.py       what can be uploaded, what is asked about it, and how a wing reads it
hearing.py     what the library logs in one thread: notices about the data, stages of a training
place.py       the folder of one visitor: the upload, what was read, the trained model
following.py   a training from the first step to the model, and its progress as a picture
trial.py       the trained model at work: a form for a table, a field for a text ...
examples.py    small made-up data to begin with
"""
