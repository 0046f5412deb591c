"""Data, training, evaluation and calibration (needs the extra `train`)."""
