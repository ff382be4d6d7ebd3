"""Keras's options that are refused by name: what each would have to be, and what to do instead."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from rnncomp._check import shown
from rnncomp.errors import UnsupportedError

# Option -> (values that mean "off", what to do instead).
OPTIONS: dict[str, tuple[tuple[object, ...], str]] = {
    "activity_regularizer": ((None,), "leave it out, or penalise weights: kernel_regularizer"),
    "auto_scale_loss": ((True,), "leave it True: there is no float16 here that needs scaling"),
    "autocast": ((True,), "leave it True"),
    "axis": ((-1,), "leave it -1: the last axis holds the classes"),
    "bias_constraint": ((None,), "leave it out"),
    "custom_objects": ((None, {}), "leave it out: a model file holds built-in layers only"),
    "data_format": ((None, "channels_last"), "leave it out: features stand last"),
    "embeddings_constraint": ((None,), "leave it out"),
    "ema_momentum": ((0.99,), "leave it out"),
    "ema_overwrite_frequency": ((None,), "leave it out"),
    "expand_nested": ((False,), "leave it False: a Sequential holds no models"),
    "from_sorted_ids": ((False,), "leave it False, and pass the outputs of all classes"),
    "gradient_accumulation_steps": ((None,), "use a larger batch_size"),
    "ignore_class": ((None,), "give its samples or steps a sample_weight of 0"),
    "implementation": ((2,), "leave it 2: there is one way to compute here"),
    "input_length": ((None,), "pass input_shape=(T,)"),
    "jit_compile": (("auto",), "leave it out: the kernels are compiled already"),
    "kernel_constraint": ((None,), "leave it out"),
    "lora_alpha": ((None,), "leave it out"),
    "lora_rank": ((None,), "leave it out"),
    "loss_scale_factor": ((None,), "leave it out"),
    "loss_weights": ((None,), "leave it out: a Sequential has one loss"),
    "max_shard_size": ((None,), "leave it out: the weights are one file"),
    "mask": ((None,), "let Masking, or Embedding with mask_zero=True, find the steps"),
    "noise_shape": ((None,), "leave it out: every number is dropped on its own"),
    "optional": ((False,), "leave it False"),
    "quantization_config": ((None,), "leave it out"),
    "ragged": ((None, False), "cut windows of one length"),
    "recurrent_constraint": ((None,), "leave it out"),
    "run_eagerly": ((False,), "leave it False"),
    "safe_mode": ((True,), "leave it True: nothing in a model file is ever executed"),
    "seed": ((None,), "pass seed to Sequential, or to an initializer"),
    "skip_mismatch": ((False,), "leave it False"),
    "sparse": ((None, False), "pass a dense array"),
    "steps": ((None,), "pass the samples wanted: x[:n]"),
    "steps_per_epoch": ((None,), "pass arrays, of the samples wanted: x[:n]"),
    "steps_per_execution": ((1, "auto"), "leave it at 1: many batches run in one native call"),
    "time_major": ((False,), "pass (samples, time steps, features)"),
    "tensor": ((None,), "leave it out"),
    "trainable": ((True,), "leave it True: freezing a layer is not offered"),
    "use_cudnn": (("auto", False), "leave it 'auto': the kernels run on the CPU"),
    "use_ema": ((False,), "leave it False"),
    "validation_steps": ((None,), "pass the validation samples wanted: x[:n]"),
    "weights": ((None,), "pass an initializer=array, or call set_weights"),
    "zero_output_for_mask": ((False,), "leave it False; Bidirectional does so by itself"),
    "zipped": ((None,), "leave it out: a model is one .safetensors file"),
}


def refuse(owner: str, **given: Any) -> None:
    """Raise UnsupportedError for the first option in `given` that is not off.

    Args:
        owner: Who has the options, for the message: ``LSTM``, ``fit``.
        **given: The values received, by option.

    Example:
        >>> refuse("LSTM", bias_constraint=None, time_major=False)
        >>> refuse("LSTM", time_major=True)
        Traceback (most recent call last):
        rnncomp.errors.UnsupportedError: LSTM does not support time_major=True; pass ...
    """
    for option, value in given.items():
        off, advice = OPTIONS[option]
        # A bool is no number here: dropout=False is a slip, not a rate.
        if not any(type(value) is type(x) and value == x for x in off):
            raise UnsupportedError(f"{owner} does not support {option}={shown(value)}; {advice}")


def refused_name(name: str, advice: str) -> Callable[..., NoReturn]:
    """Return what stands for a name of Keras that rnncomp does not have: calling it raises.

    Args:
        name: In Keras.
        advice: What to do instead.

    Example:
        >>> refused_name("TensorBoard", "use CSVLogger")(log_dir="logs")
        Traceback (most recent call last):
        rnncomp.errors.UnsupportedError: TensorBoard is not supported; use CSVLogger
    """

    def refused(*args: Any, **kwargs: Any) -> NoReturn:
        raise UnsupportedError(f"{name} is not supported; {advice}")

    refused.__name__ = refused.__qualname__ = name
    refused.__doc__ = f"Not supported; {advice}."
    return refused


class _Closing(type):
    """Notes of every object that its constructor is done."""

    @property
    def __signature__(cls) -> inspect.Signature:
        """Arguments of the constructor, which ``__call__`` would hide."""
        own = inspect.signature(cls.__init__)  # type: ignore[misc]
        return own.replace(parameters=list(own.parameters.values())[1:])

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        made = super().__call__(*args, **kwargs)
        made.__dict__["_complete"] = True
        return made


class ArgumentsOnce(metaclass=_Closing):
    """Base of what takes its arguments once: assigning one of them later raises.

    The kernels are told what an object is when it is made; a change would be ignored.

    Attributes:
        changeable: Arguments that may be assigned.
    """

    changeable: ClassVar[tuple[str, ...]] = ("name",)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute that is no argument of the constructor.

        Raises:
            UnsupportedError: It is one.
        """
        if "_complete" in self.__dict__ and name not in self.changeable:
            cls = type(self).__name__
            code = type(self).__init__.__code__
            if name in code.co_varnames[1 : code.co_argcount]:
                raise UnsupportedError(
                    f"{name} of a {cls} is not changed later; make another: {cls}({name}=...)"
                )
        super().__setattr__(name, value)


class NeverFrozen:
    """Base of layers and models: all their weights are trained."""

    name: str

    @property
    def trainable(self) -> bool:
        """True; another value is refused."""
        return True

    @trainable.setter
    def trainable(self, value: bool) -> None:
        refuse(self.name, trainable=value)
