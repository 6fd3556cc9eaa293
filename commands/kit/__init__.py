"""The commands' common parts: parsing of lines and forms, refusals in words, blocks, notices."""
