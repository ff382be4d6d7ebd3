"""torch as a peer: its own fused layers in eager mode, batches cut from one shuffled tensor.

No DataLoader and no `.item()` inside an epoch: both would only cost it time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from worker import requested_cores, serve

CORES = requested_cores()

import numpy as np  # noqa: E402
import torch  # noqa: E402

from tasks import LEARNING_RATE, Task  # noqa: E402

CELLS = {"simple_rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
# Keras packs i f c o and z r h; torch packs i f g o and r z n.
ORDER = {"simple_rnn": [0], "lstm": [0, 1, 2, 3], "gru": [1, 0, 2]}


class Net(torch.nn.Module):
    """The task's network."""

    def __init__(self, task: Task, batch_first: bool) -> None:
        super().__init__()
        cell = CELLS[task.cell]
        self.recurrent = cell(task.features, task.units, task.layers, batch_first=batch_first)
        self.dense = torch.nn.Linear(task.units, 1)
        self.batch_first = batch_first
        if task.cell != "gru":
            # Keras has one bias here: two trained ones would move twice as far under Adam.
            for name, parameter in self.recurrent.named_parameters():
                if name.startswith("bias_hh"):
                    torch.nn.init.zeros_(parameter)
                    parameter.requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map x (B, T, F), or (T, B, F), to (B, 1)."""
        sequence, _ = self.recurrent(x)
        return self.dense(sequence[:, -1] if self.batch_first else sequence[-1])


def torch_blocks(weight: np.ndarray, cell: str) -> torch.Tensor:
    """Return Keras's (rows, G U) or (G U,) as torch's (G U, rows) or (G U,)."""
    order = ORDER[cell]
    blocks = np.split(weight, len(order), axis=-1)
    return torch.from_numpy(np.concatenate([blocks[i] for i in order], axis=-1).T.copy())


@torch.no_grad()
def load_keras_weights(net: Net, task: Task) -> None:
    """Copy the task's first weights into torch's names and packing."""
    weights = task.first_weights()
    named = dict(net.recurrent.named_parameters())
    for layer in range(task.layers):
        kernel, recurrent, bias = weights[3 * layer : 3 * layer + 3]
        named[f"weight_ih_l{layer}"].copy_(torch_blocks(kernel, task.cell))
        named[f"weight_hh_l{layer}"].copy_(torch_blocks(recurrent, task.cell))
        biases = bias if task.cell == "gru" else np.stack([bias, np.zeros_like(bias)])
        named[f"bias_ih_l{layer}"].copy_(torch_blocks(biases[0], task.cell))
        named[f"bias_hh_l{layer}"].copy_(torch_blocks(biases[1], task.cell))
    net.dense.weight.copy_(torch.from_numpy(weights[-2].T.copy()))
    net.dense.bias.copy_(torch.from_numpy(weights[-1]))


class TorchPeer:
    """An eager training loop."""

    def describe(self) -> dict[str, str]:
        """Return the version of torch."""
        return {"torch": torch.__version__}

    def build(self) -> None:
        """Make network, optimizer and loss."""
        self.net = Net(self.task, self.setting.get("batch_first", True))
        self.net.to(self.dtype)
        trainable = [p for p in self.net.parameters() if p.requires_grad]
        kind = {self.setting.get("adam", "foreach"): True}
        # Keras adds epsilon before the bias correction, torch after it: the first steps differ
        # where gradients are tiny. With Keras's formula this network agrees to rounding.
        self.optimizer = torch.optim.Adam(trainable, lr=LEARNING_RATE, eps=1e-7, **kind)
        self.loss = torch.nn.MSELoss()

    def load(self, task: dict[str, Any], setting: dict[str, Any]) -> None:
        """Make the data and a network."""
        torch.manual_seed(0)
        torch.set_num_threads(CORES)
        torch.backends.mkldnn.enabled = setting.get("onednn", True)
        self.task, self.setting = Task.from_dict(task), setting
        self.dtype = getattr(torch, self.task.dtype)
        self.x, self.y = (torch.from_numpy(array.copy()) for array in self.task.data())
        self.build()

    def epoch(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Train on the batches of x (N, T, F) in order; return the summed loss."""
        total = torch.zeros((), dtype=self.dtype)
        for xb, yb in zip(x.split(self.task.batch), y.split(self.task.batch), strict=True):
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(self.net(xb if self.net.batch_first else xb.transpose(0, 1)), yb)
            loss.backward()
            self.optimizer.step()
            total += loss.detach() * len(xb)
        return total

    def epochs(self, n: int) -> list[float]:
        """Return the seconds of n epochs, each shuffled."""
        seconds = []
        for _ in range(n):
            start = time.perf_counter()
            rows = torch.randperm(len(self.x))
            self.epoch(self.x[rows], self.y[rows]).item()
            seconds.append(time.perf_counter() - start)
        return seconds

    def trained(self) -> list[float]:
        """Return predictions after one unshuffled epoch from the task's first weights."""
        self.build()
        load_keras_weights(self.net, self.task)
        self.epoch(self.x, self.y)
        with torch.no_grad():
            x = self.x if self.net.batch_first else self.x.transpose(0, 1)
            return self.net(x)[:, 0].double().tolist()

    def first_predictions(self, job: str) -> list[float]:
        """Return what the first weights predict for the task's windows."""
        load_keras_weights(self.net, self.task)
        with torch.inference_mode():
            return self.net(self.windows(self.task.windows))[:, 0].double().tolist()

    def windows(self, n: int) -> torch.Tensor:
        """Return n windows in the layout of the network."""
        x = torch.from_numpy(self.task.but(windows=n).data()[0].copy())
        return x if self.net.batch_first else x.transpose(0, 1).contiguous()

    def one_window(self, windows: int) -> Callable[[], Any]:
        """Return the prediction of one window."""
        return self.many_windows(1)

    def many_windows(self, windows: int, chunk: int = 1024) -> Callable[[], Any]:
        """Return the prediction of many windows, in chunks that stay in the cache."""
        net, x = self.net.eval(), self.windows(windows)
        parts = x.split(min(chunk, windows), dim=0 if net.batch_first else 1)

        def job() -> list[torch.Tensor]:
            with torch.inference_mode():
                return [net(part) for part in parts]

        return job


if __name__ == "__main__":
    serve(TorchPeer)
