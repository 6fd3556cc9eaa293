"""The trail as people read it: asked for, line by line, and as a sheet."""
