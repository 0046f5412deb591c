"""Graph -> Picture: where cells, connections, bands and words stand, for every backend that draws."""
