"""A printed page, whoever read its characters: drawn lines to grids, glyphs to lines, pages to one text."""
