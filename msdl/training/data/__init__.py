"""Labelled images for training, validation and test.

data = open_data("digits", (1, 16, 16), 10, seed=0)
pixels, label = data.test[0]
"""

from msdl.training.data.augmentation import AUGMENTATIONS, training_images
from msdl.training.data.dataset import Dataset, Images
from msdl.training.data.opening import open_data, reopened
from msdl.training.data.record import write_splits
from msdl.training.data.sources import SOURCES, default_augmentation
from msdl.training.data.verification import verify

__all__ = [
    "AUGMENTATIONS",
    "SOURCES",
    "Dataset",
    "Images",
    "default_augmentation",
    "open_data",
    "reopened",
    "training_images",
    "verify",
    "write_splits",
]
