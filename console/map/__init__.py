"""The braille map: projection, raster, labels. Pure."""
