"""Networks on their way out: folders of graphs that run elsewhere."""
