"""The read model made anew from the streams while the old one is served."""
