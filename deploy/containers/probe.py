#!/usr/local/bin/python3 -IS
"""`probe 8000/readyz`: ends with 0 if this container returns 200 there. Uses only sockets, because it runs often."""

import socket
import sys

port, _, path = sys.argv[1].partition("/")
with socket.create_connection(("127.0.0.1", int(port)), timeout=4) as connection:
    connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    sys.exit(b" 200 " not in connection.recv(16))
