"""Contenders: the networks of `benchmarks.workloads`, and an encoder of DistilBERT's shape, in PyTorch.

"bfloat16" is PyTorch's automatic mixed precision. Only workers import this module, where PyTorch is installed.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks import workloads as w
from zoo.core.processor import cores

# Sanh et al. 2019, arXiv 1910.01108.
BERT_TOKENS, BERT_WIDTH, BERT_LAYERS, BERT_HEADS, BERT_HIDDEN = 30_522, 768, 6, 12, 3072


class LSTM(nn.Module):
    """Tokens [n, t] -> logits [n, t, 512]."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(w.LSTM_TOKENS, w.LSTM_WIDTH)
        self.lstm = nn.LSTM(w.LSTM_WIDTH, w.LSTM_UNITS, w.LSTM_LAYERS, batch_first=True)
        self.logits = nn.Linear(w.LSTM_UNITS, w.LSTM_TOKENS)

    def forward(self, token: Any) -> Any:
        """The logits."""
        return self.logits(self.lstm(self.embedding(token))[0])


class Transformer(nn.Module):
    """Tokens [n, length] -> logit [n], through the mean over the tokens."""

    def __init__(self, tokens: int, length: int, width: int, heads: int, hidden: int, blocks: int, norm_first: bool) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, width)
        self.position = nn.Parameter(torch.zeros(length, width))
        block = nn.TransformerEncoderLayer(width, heads, hidden, 0.0, "gelu", batch_first=True, norm_first=norm_first)
        self.encoder = nn.TransformerEncoder(block, blocks, enable_nested_tensor=False)
        self.logit = nn.Linear(width, 1)

    def forward(self, token: Any) -> Any:
        """The logits."""
        return self.logit(self.encoder(self.embedding(token) + self.position).mean(1))[:, 0]


def lstm(precision: str) -> Callable[[], int]:
    """Training steps in "float32" or "bfloat16"; units are tokens."""
    return _trainer(LSTM(), lambda y, z: nn.functional.cross_entropy(z.flatten(0, 1), y.flatten()), *w.lstm_batch(), precision)


def transformer(precision: str) -> Callable[[], int]:
    """As `lstm`."""
    model = Transformer(w.TOKENS, w.LENGTH, w.WIDTH, w.HEADS, w.HIDDEN, w.BLOCKS, norm_first=True)
    loss = nn.functional.binary_cross_entropy_with_logits
    return _trainer(model, lambda y, z: loss(z, y), *w.transformer_batch(), precision)


def distilbert(precision: str, batch: str) -> Callable[[], int]:
    """Reviews of 256 token ids through random weights, `batch` at a time; units are reviews."""
    _use_all_cores()
    model = Transformer(BERT_TOKENS, w.REVIEW, BERT_WIDTH, BERT_HEADS, BERT_HIDDEN, BERT_LAYERS, norm_first=False).eval()
    ids = torch.from_numpy(np.random.default_rng(0).integers(0, BERT_TOKENS, (int(batch), w.REVIEW)))
    calls = max(1, 4 // len(ids))

    def repeat() -> int:
        with torch.no_grad(), _casting(precision):
            for _ in range(calls):
                torch.sigmoid(model(ids)).float().numpy()
        return calls * len(ids)

    return repeat


def _trainer(
    model: nn.Module, loss: Callable[[Any, Any], Any], x: np.ndarray, y: np.ndarray, precision: str
) -> Callable[[], int]:
    _use_all_cores()
    token, target = torch.from_numpy(x.astype(np.int64)), torch.from_numpy(y.astype(np.int64 if y.dtype.kind == "i" else y.dtype))
    optimizer = torch.optim.AdamW(model.parameters(), w.LEARNING_RATE)
    model.train()

    def repeat() -> int:
        optimizer.zero_grad()
        with _casting(precision):
            output = model(token)
        value = loss(target, output.float())
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), w.CLIP_NORM)
        optimizer.step()
        value.item()
        return x.size

    return repeat


def _casting(precision: str) -> AbstractContextManager[Any]:
    return torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16")


def _use_all_cores() -> None:
    # By default PyTorch only uses the physical cores; `cores` counts the cores that the worker may use.
    torch.set_num_threads(cores())
