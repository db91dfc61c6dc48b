"""Sends random and mutated frames out of an interface as fast as one process can, and not too few: frames.py IF MAC SEED SECONDS.

Prints how many were sent. The golden frames are what a host really says (ARP, ICMP, UDP, TCP, fragments); mutations flip
bits, cut, lengthen and splice, and leave most of each frame right, so that they get past the first check.
"""
import random
import socket
import struct
import sys
import time

name, mac, seed, seconds = sys.argv[1], bytes.fromhex(sys.argv[2].replace(':', '')), int(sys.argv[3]), float(sys.argv[4])
rng = random.Random(seed)
ENOUGH = 100_001
src_mac = b'\x02\x00\x00\x00\x00\x77'
peer, us = socket.inet_aton('10.88.0.77'), socket.inet_aton('10.88.0.2')


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip(proto, payload, options=b'', frag=0, ident=None, ttl=64, src=peer, dst=us):
    ihl = 5 + len(options) // 4
    ident = rng.randrange(65536) if ident is None else ident
    head = struct.pack('!BBHHHBBH4s4s', 0x40 | ihl, 0, ihl * 4 + len(payload), ident, frag, ttl, proto, 0, src, dst) + options
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload


def transport(proto, head, at, payload):
    pseudo = peer + us + struct.pack('!BBH', 0, proto, len(head) + len(payload))
    c = checksum(pseudo + head + payload)
    return head[:at] + struct.pack('!H', c) + head[at + 2:] + payload


def tcp(flags, options=b'', payload=b'', port=80):
    off = (20 + len(options)) // 4
    head = struct.pack('!HHIIBBHHH', rng.randrange(1024, 65536), port, rng.randrange(1 << 32), rng.randrange(1 << 32),
                       off << 4, flags, rng.randrange(65536), 0, 0) + options
    return ip(6, transport(6, head, 16, payload))


def udp(port, payload):
    head = struct.pack('!HHHH', rng.randrange(1024, 65536), port, 8 + len(payload), 0)
    return ip(17, transport(17, head, 6, payload))


def icmp(kind, code, rest, payload):
    body = struct.pack('!BBHI', kind, code, 0, rest) + payload
    return ip(1, body[:2] + struct.pack('!H', checksum(body)) + body[4:])


def ether(payload, kind=0x0800, dst=None):
    return (dst or mac) + src_mac + struct.pack('!H', kind) + payload


def golden():
    syn = b'\x02\x04\x05\xb4\x04\x02\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x00\x01\x03\x03\x07'
    frames = [
        ether(struct.pack('!HHBBH6s4s6s4s', 1, 0x800, 6, 4, 1, src_mac, peer, b'\0' * 6, us), 0x0806, b'\xff' * 6),
        ether(struct.pack('!HHBBH6s4s6s4s', 1, 0x800, 6, 4, 2, src_mac, peer, mac, us), 0x0806),
        ether(icmp(8, 0, 0x12340001, bytes(56))),
        ether(icmp(3, 4, 600, ip(6, bytes(20), src=us, dst=peer))),
        ether(icmp(3, 3, 0, ip(17, bytes(8), src=us, dst=peer))),
        ether(udp(7, b'hello')), ether(udp(19, b'')), ether(udp(4444, bytes(100))),
        ether(ip(17, bytes(16), frag=0x2000, ident=7)), ether(ip(17, bytes(16), frag=2, ident=7)),
        ether(ip(1, bytes(8), options=b'\x83\x07\x04' + peer + b'\0')),
        ether(ip(1, bytes(8), options=b'\x07\x07\x04' + bytes(4) + b'\0')),
        b'\x01\x80\xc2\x00\x00\x00' + src_mac + b'\x00\x26BB\x03' + bytes(35),
        mac + src_mac + b'\x81\x00\x00\x05\x08\x00' + bytes(40),
    ]
    for flags in (0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x29, 0x00, 0xff, 0xc2):
        frames.append(ether(tcp(flags, syn if flags & 2 else b'', bytes(rng.randrange(100)) if flags & 8 else b'')))
    for port in (7, 9, 19, 80, 4444):
        frames.append(ether(tcp(0x02, syn, port=port)))
    return frames


def mutate(frame):
    data = bytearray(frame)
    how = rng.randrange(8)
    if how < 4:
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(12, len(data))] = rng.randrange(256)
    elif how == 4:
        del data[rng.randrange(12, len(data)):]
    elif how == 5:
        data += rng.randbytes(rng.randrange(1, 1400))
    elif how == 6:
        data[12:] = rng.randbytes(rng.randrange(2, 1400))
    return bytes(data[:1514]) if len(data) >= 14 else bytes(frame)


out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind((name, 0))
start, sent = time.monotonic(), 0


def goes_on():
    lasted = time.monotonic() - start
    return lasted < seconds or sent < ENOUGH and lasted < seconds + 120


while goes_on():
    batch = [mutate(f) for f in golden() for _ in range(20)]
    for _ in range(20):
        for frame in batch:
            try:
                out.send(frame)
                sent += 1
            except OSError:
                pass
        if not goes_on():
            break
print(sent)
