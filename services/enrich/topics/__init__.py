"""Which IPTC Media Topics an article has: by its text, its publisher's categories, its URL and rules."""
