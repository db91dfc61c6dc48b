"""The kernel's end of bench/versus: a sink and a source, and who pushes to and pulls from them.

peer.py serve ADDRESS                 port 9 swallows, port 19 pours out
peer.py push ADDRESS SECONDS N        sends to port 9 on N connections, prints Mbit/s that arrived
peer.py pull ADDRESS SECONDS N        takes from port 19 on N connections, prints Mbit/s that arrived

All sockets use CUBIC, whatever the kernel's default is.
"""
import fcntl
import selectors
import socket
import struct
import sys
import termios
import threading
import time

CHUNK = bytes(1 << 18)


def cubic(sock):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
    return sock


def sink(conn):
    with conn:
        try:
            while conn.recv(1 << 18):
                pass
        except OSError:
            pass  # who pushes ends with a reset


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


def transfer(what, address, seconds, count):
    begin = time.monotonic()
    ready = selectors.DefaultSelector()
    socks = []
    for _ in range(count):
        sock = connect(address, 9 if what == "push" else 19)
        sock.setblocking(False)
        ready.register(sock, selectors.EVENT_WRITE if what == "push" else selectors.EVENT_READ)
        socks.append(sock)
    octets = 0
    room = bytearray(1 << 18)
    while (left := begin + seconds - time.monotonic()) > 0:
        for key, _ in ready.select(left):
            try:
                octets += key.fileobj.send(CHUNK) if what == "push" else key.fileobj.recv_into(room)
            except BlockingIOError:
                pass
    took = time.monotonic() - begin
    for sock in socks:
        if what == "push":  # what waits for its acknowledgement has not arrived
            octets -= struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4)))[0]
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    return octets * 8e-6 / took


def main():
    what, address = sys.argv[1:3]
    if what == "serve":
        threading.Thread(target=serve, args=(address, 9, sink), daemon=True).start()
        serve(address, 19, source)
    print("%.2f" % transfer(what, address, float(sys.argv[3]), int(sys.argv[4])))


main()
