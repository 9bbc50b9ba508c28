"""Key phrases: the names of an article first, then runs of words between stop words, weighted by how rare they are."""
