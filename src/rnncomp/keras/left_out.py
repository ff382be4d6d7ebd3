"""Public names of Keras that rnncomp does not have: refused by name, with what to do instead.

The modules of this package have a stand-in for each, which raises when it is called; docs/keras.md
lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from rnncomp.nn.activations import REFUSED
from rnncomp.nn.refused import refused_name

_CHAIN = "networks here are one chain of layers: put them in a Sequential"
_PLAIN = "use get_config() of the object, and its class"
_NAME = "pass the name as a string, or an object of the class of that name"

# Module -> what to do instead -> the names, as in Keras 3.15.
LEFT_OUT: dict[str, dict[str, str]] = {
    "layers": {
        "write the cell's layer, SimpleRNN, LSTM or GRU": (
            "GRUCell LSTMCell RNN SimpleRNNCell StackedRNNCells"
        ),
        _CHAIN: (
            "Add AdditiveAttention Attention Average Concatenate Dot GroupQueryAttention Lambda "
            "Maximum Minimum MultiHeadAttention Multiply Subtract Wrapper add average "
            "concatenate dot maximum minimum multiply subtract"
        ),
        "use activation= of a layer, or Activation": "ELU LeakyReLU PReLU ReLU Softmax",
        "use Dropout, or dropout= of a recurrent layer": (
            "AlphaDropout GaussianDropout GaussianNoise SpatialDropout1D SpatialDropout2D "
            "SpatialDropout3D"
        ),
        "scale the series before (rnncomp.series), or use Dense": (
            "ActivityRegularization BatchNormalization EinsumDense GroupNormalization Identity "
            "InputLayer InputSpec LayerNormalization Normalization RMSNormalization Rescaling "
            "ReversibleEmbedding SpectralNormalization UnitNormalization"
        ),
        "shape the windows in NumPy before": (
            "Cropping1D Cropping2D Cropping3D Permute Reshape UpSampling1D UpSampling2D "
            "UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D"
        ),
        "turn text and categories into numbers before": (
            "CategoryEncoding Discretization HashedCrossing Hashing IntegerLookup STFTSpectrogram "
            "MelSpectrogram StringLookup TextVectorization"
        ),
        "rnncomp has recurrent networks only: use Keras for convolutions": (
            "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D "
            "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D AveragePooling1D "
            "AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D Conv1D "
            "Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D "
            "ConvLSTM3D Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose "
            "Convolution3D Convolution3DTranspose DepthwiseConv1D DepthwiseConv2D "
            "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D "
            "GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D "
            "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D MaxPool1D MaxPool2D "
            "MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D SeparableConv1D SeparableConv2D "
            "SeparableConvolution1D SeparableConvolution2D"
        ),
        "rnncomp reads series, not images: use Keras": (
            "AugMix AutoContrast CenterCrop ContrastLimitedAdaptiveHistogramEqualization CutMix "
            "Equalization MaxNumBoundingBoxes MixUp Pipeline RandAugment RandomBrightness "
            "RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop "
            "RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale "
            "RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation "
            "RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom Resizing "
            "Solarization"
        ),
        "no other framework runs inside rnncomp": (
            "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper"
        ),
        _PLAIN: "deserialize serialize",
    },
    "losses": {
        "use one of the losses of this module": (
            "BinaryFocalCrossentropy CTC CategoricalFocalCrossentropy "
            "CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity Dice "
            "Hinge KLDivergence Poisson SquaredHinge Tversky binary_focal_crossentropy "
            "categorical_focal_crossentropy categorical_generalized_cross_entropy "
            "categorical_hinge circle cosine_similarity ctc dice hinge kl_divergence poisson "
            "squared_hinge tversky"
        ),
        _NAME: (
            "binary_crossentropy categorical_crossentropy huber log_cosh mean_absolute_error "
            "mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error "
            "sparse_categorical_crossentropy"
        ),
        "rnncomp's losses are compiled: use one of this module": "Loss",
        _PLAIN: "deserialize get serialize",
    },
    "metrics": {
        "use one of the metrics of this module, or compute it from predict": (
            "AUC Accuracy BinaryIoU CategoricalHinge ConcordanceCorrelation F1Score "
            "FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence MeanIoU OneHotIoU "
            "OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall "
            "RecallAtPrecision SensitivityAtSpecificity "
            "SpecificityAtSensitivity SquaredHinge TrueNegatives "
            "TruePositives binary_focal_crossentropy categorical_focal_crossentropy "
            "categorical_hinge concordance_correlation hinge kl_divergence pearson_correlation "
            "poisson sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy"
        ),
        _NAME: (
            "binary_accuracy binary_crossentropy categorical_accuracy categorical_crossentropy "
            "huber log_cosh mean_absolute_error mean_absolute_percentage_error "
            "mean_squared_error mean_squared_logarithmic_error sparse_categorical_accuracy "
            "sparse_categorical_crossentropy"
        ),
        "rnncomp's metrics are compiled: use one of this module": (
            "Mean MeanMetricWrapper Metric Sum"
        ),
        _PLAIN: "deserialize get serialize",
    },
    "optimizers": {
        "use Adam, AdamW or Nadam": (
            "Adadelta Adafactor Adamax Ftrl Lamb Lion Muon ScheduleFreeAdamW"
        ),
        "there is no float16 here that needs scaling, and one optimizer a model": (
            "LossScaleOptimizer MultiOptimizer OptimizerMap legacy"
        ),
        _PLAIN: "deserialize get serialize",
    },
    "optimizers.schedules": {},
    "": {_CHAIN: "Model Function"},
    "models": {
        _CHAIN: "Model",
        "make the layers again in a new Sequential": "clone_model",
        "load_model reads layers and weights": "model_from_json",
    },
    "initializers": {
        "rnncomp reads series, not spectra": "STFT STFTInitializer stft",
    },
    "activations": {
        **{REFUSED[name]: name for name in ("glu", "sparsemax", "threshold")},
        "the name of an activation is all there is to write": "deserialize serialize",
    },
    "regularizers": {
        "use L1, L2 or L1L2": "OrthogonalRegularizer orthogonal_regularizer",
    },
}


def left_out(module: str) -> dict[str, str]:
    """Return {name of Keras: what to do instead} for a module: ``layers``.

    Example:
        >>> left_out("layers")["GRUCell"]
        "write the cell's layer, SimpleRNN, LSTM or GRU"
    """
    found = LEFT_OUT[module].items()
    return {name: advice for advice, names in found for name in names.split()}


def stand_in(module: str, name: str) -> Callable[..., NoReturn]:
    """Return what stands for a name that is left out of a module: calling it raises.

    Raises:
        AttributeError: The name is none of Keras's.

    Example:
        >>> stand_in("layers", "Conv1D")(8, 3)
        Traceback (most recent call last):
        rnncomp.errors.UnsupportedError: Conv1D is not supported; rnncomp has recurrent ...
    """
    advice = left_out(module).get(name)
    if advice is None:
        home = f"rnncomp.keras.{module}".rstrip(".")
        raise AttributeError(f"module {home!r} has no attribute {name!r}")
    return refused_name(name, advice)
