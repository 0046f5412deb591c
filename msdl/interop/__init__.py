"""Networks and weights from elsewhere, one package a source."""
