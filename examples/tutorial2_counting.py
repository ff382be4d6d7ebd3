"""Learn to count: a SimpleRNN sees 0, 1, 2 ... 9 in windows of three and predicts what follows."""

import numpy as np

from rnncomp.keras.layers import Dense, SimpleRNN
from rnncomp.keras.models import Sequential

data = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
time_steps = 3

X, y = [], []
for i in range(len(data) - time_steps):
    X.append(data[i : i + time_steps])
    y.append(data[i + time_steps])
X, y = np.array(X), np.array(y)

# A recurrent layer reads (samples, time steps, features).
X = X.reshape((X.shape[0], X.shape[1], 1))

model = Sequential()
model.add(SimpleRNN(50, activation="relu", input_shape=(time_steps, 1)))
model.add(Dense(1))
model.compile(optimizer="adam", loss="mse")
model.summary()

model.fit(X, y, epochs=200, batch_size=32)

# The answer, 10, lies outside of all that was learned from: an extrapolation, so only roughly 10.
x_input = np.array([7, 8, 9]).reshape((1, time_steps, 1))
predicted = model.predict(x_input)
print(f"Predicted next value: {predicted[0][0]}")
