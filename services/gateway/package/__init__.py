"""The right of access as a folder: collect what the reader may see, lay it out for people and programs, write it."""
