"""Live modules: what needs torch to run."""
