"""The web page: a front page of a paper, rendered on the server, alive where there is JavaScript."""
