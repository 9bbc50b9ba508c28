"""The topics model: which texts it learns from, how it is fitted, calibrated and written down."""
