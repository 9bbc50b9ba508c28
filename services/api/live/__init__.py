"""The live stream: what was committed, told to everybody who listens, and resumed where a reader left off."""
