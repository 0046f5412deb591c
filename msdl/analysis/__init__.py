"""Questions asked of graphs: which exits need a cell and why, what no exit needs, how two networks differ."""
