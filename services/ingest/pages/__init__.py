"""Articles' own pages: which are wanted, when they may be read, and what they say."""
