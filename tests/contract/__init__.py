"""Contract v1 from outside: the post as a program, and only programs and sockets around it."""
