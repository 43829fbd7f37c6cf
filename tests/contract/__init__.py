"""Black-box tests of contract v1: the post as a program, and only programs and sockets around it."""
