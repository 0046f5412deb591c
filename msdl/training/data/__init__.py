"""Labelled images for training, validation and test.

data = open_data("digits", (1, 16, 16), 10, seed=0)
pixels, label = data.test[0]
"""

from msdl.training.data.dataset import Dataset
from msdl.training.data.opening import open_data, reopened
from msdl.training.data.request import Masking
from msdl.training.data.verification import verify

__all__ = ["Dataset", "Masking", "open_data", "reopened", "verify"]
