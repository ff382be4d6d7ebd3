"""Predict the next number of an arithmetic sequence with step 10."""

import matplotlib.pyplot as plt
import numpy as np

from rnncomp.keras.layers import Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential


def generate_sequences(count=1000, length=4, step=10):
    """Return `count` sequences with a random start in 0..99."""
    starts = np.random.randint(0, 100, size=count)
    return np.array([[start + step * i for i in range(length)] for start in starts])


sequences = generate_sequences()
X, y = sequences[:, :-1], sequences[:, -1]
print("A sample:", X[0], "->", y[0])

print("Shape before reshaping:", X.shape)
X = X.reshape((X.shape[0], X.shape[1], 1)) / 100
y = y / 100
print("Shape after reshaping:", X.shape)

model = Sequential([Input(shape=(3, 1)), SimpleRNN(5), Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.summary()

history = model.fit(X, y, epochs=30, batch_size=32, validation_split=0.2, verbose=2)

plt.figure(figsize=(10, 6))
plt.plot(history.history["loss"], label="Train Loss", color="#1c7ed6")
plt.plot(history.history["val_loss"], label="Validation Loss", color="#fd7e14", linestyle="--")
plt.title("Model Loss During Training")
plt.xlabel("Epoch")
plt.ylabel("Loss (MSE)")
plt.legend(loc="upper right")
plt.grid(True, linestyle="--")

test_input = np.array([50, 60, 70])
predicted = model.predict((test_input / 100).reshape((1, 3, 1)), verbose=0) * 100
print("Input:", test_input)
print(f"Predicted next value: {predicted[0][0]:.2f}")
plt.show()
