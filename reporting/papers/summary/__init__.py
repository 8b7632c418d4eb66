"""年终总结: a year of months as one text, drafted from its figures and edited before it goes out."""
