"""Callbacks, as in keras.callbacks; those that rnncomp does not have raise when called."""

from rnncomp.nn.refused import refused_name
from rnncomp.training.backup import BackupAndRestore
from rnncomp.training.callbacks import Callback, History
from rnncomp.training.csv_logger import CSVLogger
from rnncomp.training.early_stopping import EarlyStopping
from rnncomp.training.model_checkpoint import ModelCheckpoint
from rnncomp.training.rate_scheduler import LearningRateScheduler
from rnncomp.training.reduce_on_plateau import ReduceLROnPlateau
from rnncomp.training.small_callbacks import LambdaCallback, TerminateOnNaN

REFUSED = {
    "CallbackList": "pass a list of callbacks to fit, evaluate or predict",
    "OrbaxCheckpoint": "use ModelCheckpoint or BackupAndRestore",
    "ProgbarLogger": "pass verbose to fit",
    "RemoteMonitor": "use LambdaCallback(on_epoch_end=...) with a function that sends the logs",
    "SwapEMAWeights": "keep the best weights with ModelCheckpoint(save_best_only=True)",
    "TensorBoard": "use CSVLogger and draw its file, or the history that fit returns",
}

CallbackList = refused_name("CallbackList", REFUSED["CallbackList"])
OrbaxCheckpoint = refused_name("OrbaxCheckpoint", REFUSED["OrbaxCheckpoint"])
ProgbarLogger = refused_name("ProgbarLogger", REFUSED["ProgbarLogger"])
RemoteMonitor = refused_name("RemoteMonitor", REFUSED["RemoteMonitor"])
SwapEMAWeights = refused_name("SwapEMAWeights", REFUSED["SwapEMAWeights"])
TensorBoard = refused_name("TensorBoard", REFUSED["TensorBoard"])

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "OrbaxCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
