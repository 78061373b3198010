"""The sizes of networks and the batches that contenders of all libraries share. Nothing here imports one of the libraries."""

import numpy as np

BATCH = 64  # sequences in a training step
LEARNING_RATE, CLIP_NORM = 1e-3, 1.0  # AdamW's, and the largest norm of all gradients together

# Embedding, two LSTM layers, logits of the next token.
LSTM_TOKENS, LSTM_LENGTH, LSTM_WIDTH, LSTM_UNITS, LSTM_LAYERS = 512, 128, 256, 512, 2

# Embeddings of tokens and positions, pre-norm blocks with an exact GELU, the mean over the tokens, one logit.
TOKENS, LENGTH, WIDTH, BLOCKS, HEADS, HIDDEN = 20_000, 256, 256, 4, 4, 1024

REVIEW = 256  # tokens of a review in inference


def lstm_batch() -> tuple[np.ndarray, np.ndarray]:
    """Tokens and the tokens that follow them, int32 [64, 128] each."""
    ids = np.random.default_rng(0).integers(0, LSTM_TOKENS, (BATCH, LSTM_LENGTH + 1), np.int32)
    return ids[:, :-1], ids[:, 1:]


def transformer_batch() -> tuple[np.ndarray, np.ndarray]:
    """Tokens int32 [64, 256], labels float32 [64] of 0 and 1."""
    random = np.random.default_rng(0)
    return random.integers(0, TOKENS, (BATCH, LENGTH), np.int32), random.integers(0, 2, BATCH).astype(np.float32)
