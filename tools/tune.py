# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false
"""Train the second reading of questions that may call for a notice, and write `app/search/second.onnx`.

    .venv/bin/python -m pip install torch        # about 200 MB; nothing else here needs it
    .venv/bin/python -m app build
    .venv/bin/python -m tools.tune

Learns from the notices' examples, the harmless ones and the catalogue's questions of the current release, never from the questions in
`tests/data`. The second half of the sentence model's layers is trained (15 minutes on two cores); the first half stays as it is and
is shared with it. The file is kept beside the code, since no two trainings are alike. Train anew when examples have changed much;
`python -m bench.answers` tells what it is worth."""

import argparse
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from app.release.folder import ReleaseFolder
from app.search.embedder import QuickEmbedder, find_files
from app.search.fused import EPSILON, HEADS, LAYERS, SHARED, SIZE, Floats, Layer, Weights, read_weights
from app.search.models import learn_notices
from app.search.onnx import MIDDLE
from app.search.second import FILE, KINDS, round_product, write
from app.settings import Settings

EPOCHS = 5.0
"""How often each text is looked at."""
BATCH = 32
RATE, HEAD_RATE = 2e-4, 1e-3
"""Length of the first steps, for the layers and for what is new; it falls to nothing in the course of the training."""
WARM_UP = 100
"""Batches until steps have this length."""
MIXED = 0.3
"""Share of texts that are looked at with a harmless one before or after them."""
BARE = 0.2
"""Share that is looked at as people type in a hurry: small letters, no mark at the end."""
SMOOTHING = 0.02
"""How little sure the labels are taken to be (Szegedy et al., CVPR 2016)."""
HEAD_DEVIATION = 0.01
"""Standard deviation of the weights from which the largest is learnt; were they all nothing, all word pieces would be the largest."""
DROPPED = 0.1
"""Share of numbers that are left out while learning (dropout: Srivastava et al., JMLR 2014;15:1929)."""
WEIGHTS = (1.5, 3.0, 4.0)
"""How much a text that calls for a notice counts, for each kind: rarer ones more."""
MARKS = (". ", ", ", " ", "\n", "? ", " - ", "! ", " and ", " but ", "... ")
"""Stand between two texts that are mixed."""
THREADS = 2
"""That read texts."""
SORTED = 50
"""Batches whose texts are sorted by length together, so that little is padded."""


def main() -> None:
    """Train and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    epochs: float = parser.parse_args().epochs
    texts, labels = read_texts()
    given, embedder = read_weights(find_files()[0].read_bytes()), QuickEmbedder(*find_files())
    print(f"{len(texts)} texts, {labels.sum(axis=0).astype(int).tolist()} of {', '.join(KINDS)}")
    torch.manual_seed(0)
    model = Half(given)
    train(model, Lesson(texts, labels, embedder), epochs, np.random.default_rng(0))
    FILE.write_bytes(write(model.round_layers(), *model.get_head()))
    print(f"{FILE}: {FILE.stat().st_size} bytes")


def read_texts() -> tuple[list[str], Floats]:
    """What is learnt from: texts, and for each and each notice whether it calls for it."""
    path = ReleaseFolder(Settings().releases).get_current()
    with sqlite3.connect(path) as connection:
        lesson = learn_notices(connection)
    labels = np.stack([lesson.sides[kind].labels for kind in KINDS], axis=1)
    return list(lesson.texts), labels.astype(np.float32)


class Lesson(NamedTuple):
    """What is learnt from, and how it is read."""

    texts: Sequence[str]
    labels: Floats
    embedder: QuickEmbedder


def read_halves(embedder: QuickEmbedder, pool: ThreadPoolExecutor, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """What the first half of the layers makes of texts, just as in the service, in whole numbers; and where there are word pieces."""
    halves = [torch.tensor(half.states[0]) for half in pool.map(embedder.begin, texts)]
    mask = nn.utils.rnn.pad_sequence([torch.ones(len(half), dtype=torch.bool) for half in halves], batch_first=True)
    return nn.utils.rnn.pad_sequence(halves, batch_first=True), mask


class TrainedLayer(nn.Module):
    """One layer of the model, in floats."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.products = nn.ModuleList()
        for product in layer.products:
            weights = (product.weights.astype(np.float32) - MIDDLE) * product.scales
            linear = nn.Linear(*weights.shape)
            linear.weight.data, linear.bias.data = torch.tensor(weights.T.copy()), torch.tensor(product.bias.copy())
            self.products.append(linear)
        self.norms = nn.ModuleList()
        for weight, bias in layer.norms:
            norm = nn.LayerNorm(SIZE, eps=EPSILON)
            norm.weight.data, norm.bias.data = torch.tensor(weight.copy()), torch.tensor(bias.copy())
            self.norms.append(norm)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Attention and the feed-forward part, each with what went in added and normalised."""
        query, key, value, attended, wide, narrow = self.products
        parts = [part(states).unflatten(2, (HEADS, -1)).transpose(1, 2) for part in (query, key, value)]
        heads = _attend(parts, mask)
        between = self.norms[0](states + self._drop(attended(heads.transpose(1, 2).flatten(2))))
        return self.norms[1](between + self._drop(narrow(functional.gelu(wide(between)))))

    def _drop(self, states: Tensor) -> Tensor:
        return functional.dropout(states, DROPPED, self.training)

    def round(self) -> Layer:
        """The layer with weights in whole numbers."""
        products = [round_product(_take(linear.weight).T, _take(linear.bias)) for linear in self.products]
        return Layer(products, [(_take(norm.weight), _take(norm.bias)) for norm in self.norms])


class Half(nn.Module):
    """The second half, and what tells the odds of each notice from its states: from their mean, and from the one that speaks most."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.layers = nn.ModuleList(TrainedLayer(weights.read_layer(number)) for number in range(SHARED, LAYERS))
        self.head = nn.Linear(SIZE, 2 * len(KINDS))
        nn.init.zeros_(self.head.bias)
        nn.init.zeros_(self.head.weight[: len(KINDS)])
        nn.init.normal_(self.head.weight[len(KINDS) :], std=HEAD_DEVIATION)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """The logarithm of the odds of each notice."""
        for layer in self.layers:
            states = layer(states, mask)
        odds = self.head(functional.dropout(states, DROPPED, self.training))
        share = mask[:, :, None].to(odds.dtype)
        means = (odds[..., : len(KINDS)] * share).sum(1) / share.sum(1)
        return means + odds[..., len(KINDS) :].masked_fill(share == 0, -torch.inf).amax(1)

    def round_layers(self) -> list[Layer]:
        """Its layers with weights in whole numbers."""
        return [layer.round() for layer in self.layers]

    def get_head(self) -> tuple[Floats, Floats]:
        """The weights of the odds, and what is added."""
        return np.ascontiguousarray(_take(self.head.weight).T), _take(self.head.bias)


def train(model: Half, lesson: Lesson, epochs: float, chance: np.random.Generator) -> None:
    """Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019)."""
    optimiser = torch.optim.AdamW(
        [{"params": model.layers.parameters(), "lr": RATE}, {"params": model.head.parameters(), "lr": HEAD_RATE}],
        weight_decay=0.01, betas=(0.9, 0.98),
    )  # fmt: skip
    rates = (RATE, HEAD_RATE)
    steps, began = int(epochs * len(lesson.texts) / BATCH), time.monotonic()
    harmless = [text for text, row in zip(lesson.texts, lesson.labels, strict=True) if not row.any()]
    model.train()
    with ThreadPoolExecutor(THREADS) as pool:
        for step, (chosen, texts) in zip(range(steps), choose(lesson.texts, harmless, chance), strict=False):
            halves, mask = read_halves(lesson.embedder, pool, texts)
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * min(1.0, step / WARM_UP) * (1 - step / steps)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                odds = model(halves, mask)
            wanted = torch.tensor(lesson.labels[chosen]) * (1 - 2 * SMOOTHING) + SMOOTHING
            loss = functional.binary_cross_entropy_with_logits(odds.float(), wanted, pos_weight=torch.tensor(WEIGHTS))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            if step % 100 == 0:
                print(f"{step} of {steps}, {time.monotonic() - began:.0f} s, loss {loss.item():.3f}", flush=True)
    model.eval()


def choose(texts: Sequence[str], harmless: Sequence[str], chance: np.random.Generator) -> Iterator[tuple[list[int], list[str]]]:
    """Places and texts, as they are varied, of one batch after the other, without end."""
    while True:
        order = [int(place) for place in chance.permutation(len(texts))]
        batches: list[list[tuple[int, str]]] = []
        for start in range(0, len(order), BATCH * SORTED):
            varied = [(place, vary(texts[place], harmless, chance)) for place in order[start : start + BATCH * SORTED]]
            varied.sort(key=lambda one: len(one[1]))
            batches += [varied[first : first + BATCH] for first in range(0, len(varied), BATCH)]
        for number in chance.permutation(len(batches)):
            yield [place for place, _ in batches[number]], [text for _, text in batches[number]]


def vary(text: str, harmless: Sequence[str], chance: np.random.Generator) -> str:
    """A text, now and then with a harmless one before or after it, or without capitals and its last mark."""
    if chance.random() < MIXED:
        other, mark = harmless[int(chance.integers(len(harmless)))], MARKS[int(chance.integers(len(MARKS)))]
        text = f"{other}{mark}{text}" if chance.random() < 0.5 else f"{text}{mark}{other}"
    return text.lower().rstrip(".?!") if chance.random() < BARE else text


def _attend(parts: Sequence[Tensor], mask: Tensor) -> Tensor:
    """Attention step by step: PyTorch's own takes several times as long to go back through on a CPU."""
    query, key, value = parts
    likeness = query @ key.transpose(2, 3) / query.shape[-1] ** 0.5
    return functional.softmax(likeness.masked_fill(~mask[:, None, None, :], -torch.inf), dim=3).to(value.dtype) @ value


def _take(tensor: Tensor) -> Floats:
    return tensor.detach().numpy().astype(np.float32)


if __name__ == "__main__":
    main()
