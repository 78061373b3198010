"""The data sets of music, and the tf.data pipeline."""
