"""What pages, commands and other floors ask of the tree."""
