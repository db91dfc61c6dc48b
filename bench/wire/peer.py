"""The kernel's end of bench/versus: a sink and a source, and who pushes to and pulls from them.

peer.py serve ADDRESS                 port 9 swallows, port 19 pours out
peer.py push ADDRESS SECONDS          sends to port 9, prints Mbit/s that arrived
peer.py pull ADDRESS SECONDS          takes from port 19, prints Mbit/s that arrived

All sockets use CUBIC, whatever the kernel's default is.
"""
import socket
import sys
import threading
import time

CHUNK = bytes(1 << 18)


def cubic(sock):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
    return sock


def sink(conn):
    with conn:
        while conn.recv(1 << 18):
            pass


def source(conn):
    with conn:
        try:
            while True:
                conn.sendall(CHUNK)
        except OSError:
            pass


def serve(address, port, talk):
    with cubic(socket.create_server((address, port), backlog=16)) as listener:
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=talk, args=(cubic(conn),), daemon=True).start()


def connect(address, port):
    sock = cubic(socket.socket())
    sock.settimeout(60)
    sock.connect((address, port))
    return sock


def push(address, seconds):
    with connect(address, 9) as sock:
        begin = time.monotonic()
        sent = 0
        while time.monotonic() - begin < seconds:
            sent += sock.send(CHUNK)
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(1):
            pass
        return sent * 8e-6 / (time.monotonic() - begin)


def pull(address, seconds):
    with connect(address, 19) as sock:
        begin = time.monotonic()
        got = 0
        while time.monotonic() - begin < seconds:
            got += len(sock.recv(1 << 18))
        return got * 8e-6 / (time.monotonic() - begin)


def main():
    what, address = sys.argv[1:3]
    if what == "serve":
        threading.Thread(target=serve, args=(address, 9, sink), daemon=True).start()
        serve(address, 19, source)
    print("%.2f" % {"push": push, "pull": pull}[what](address, float(sys.argv[3])))


main()
