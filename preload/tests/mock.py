"""A daemon to test against: docs/sockets.md, with the sockets of the host in the place of the stack."""
import array
import ctypes
import errno
import fcntl
import itertools
import json
import os
import select
import signal
import socket
import struct
import sys
import termios
import threading

LIBC = ctypes.CDLL(None, use_errno=True)
LOCK = threading.Lock()
IDS = itertools.count(17)
SOCKETS = {}
HEADER = 40
CLOSED = 7
STATES = ('', 'ESTABLISHED', 'SYN-SENT', 'SYN-RECEIVED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED', 'CLOSE-WAIT',
          'LAST-ACK', 'LISTEN', 'CLOSING')
NAMES = {n: getattr(socket, n, None) for n in ('SO_REUSEADDR', 'SO_REUSEPORT', 'SO_KEEPALIVE', 'SO_BROADCAST', 'SO_SNDBUF', 'SO_RCVBUF')}
TCP = {n: getattr(socket, n, None) for n in (
    'TCP_NODELAY', 'TCP_KEEPIDLE', 'TCP_KEEPINTVL', 'TCP_KEEPCNT', 'TCP_USER_TIMEOUT', 'TCP_LINGER2', 'TCP_MAXSEG',
    'TCP_NOTSENT_LOWAT', 'TCP_CONGESTION')}
IP_MTU = 14
IP = {'IP_TTL': socket.IP_TTL, 'IP_TOS': socket.IP_TOS, 'IP_MTU_DISCOVER': 10}
RANGES = {'SO_LINGER': (-1, 65535), 'TCP_LINGER2': (0, 86400), 'TCP_NOTSENT_LOWAT': (0, 0x7fffffff)}
ALGORITHMS = {'cubic': 'cubic', 'new-reno': 'reno'}


def share(sock, options):
    for name in ('SO_REUSEADDR', 'SO_REUSEPORT'):
        sock.setsockopt(socket.SOL_SOCKET, NAMES[name], options.get(name, 0))


def errno_name(error):
    return errno.errorcode.get(error.errno, 'EIO')


def endpoint(text):
    host, _, port = text.rpartition(':')
    return host, int(port)


def text(address):
    return '%s:%d' % address[:2]


def end_octets(address):
    return struct.pack('>BxH4s12x', 4, address[1], socket.inet_aton(address[0]))


class Entry:
    """What the daemon knows of a socket: the host's socket, and how it ended."""

    def __init__(self, sock, options):
        self.sock = sock
        self.options = dict(options)
        self.closing = threading.Lock()
        self.error = None
        self.fin = False
        self.relay = None
        with LOCK:
            self.id = next(IDS)
            SOCKETS[self.id] = self


def set_option(sock, name, value):
    low, high = RANGES.get(name, (0, 0xffffffff))
    if value not in ALGORITHMS if name == 'TCP_CONGESTION' else not low <= value <= high:
        raise OSError(errno.EINVAL, name)
    if name == 'SO_LINGER':
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', value >= 0, max(value, 0)))
    elif name == 'TCP_CONGESTION':
        sock.setsockopt(socket.IPPROTO_TCP, TCP[name], ALGORITHMS[value].encode())
    elif name in NAMES:
        sock.setsockopt(socket.SOL_SOCKET, NAMES[name], value)
    elif name in TCP:
        sock.setsockopt(socket.IPPROTO_TCP, TCP[name], value)
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP[name], value)


def get_options(options):
    """What nobody has set is the stack's: 0."""
    values = {name: 0 for names in (NAMES, TCP, IP) for name in names}
    values.update({'SO_LINGER': -1, 'TCP_CONGESTION': ''}, **options)
    return values


def shown(sock):
    stream = sock.type == socket.SOCK_STREAM
    body = {'owner': {'uid': os.getuid()}, 'protocol': 'tcp' if stream else 'udp', 'local': text(sock.getsockname())}
    if stream:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 20)
        body.update(state=STATES[info[0]], details={'mss': int.from_bytes(info[16:], sys.byteorder)})
    try:
        body['remote'] = text(sock.getpeername())
        body.setdefault('details', {})['pathMtu'] = sock.getsockopt(socket.IPPROTO_IP, IP_MTU)
    except OSError:
        pass
    return body


class Relay:
    """Moves octets between a client's descriptor and a TCP socket, each direction with its own end."""

    def __init__(self, entry, client):
        self.entry, self.tcp, self.client = entry, entry.sock, client
        self.left = 2
        self.over = threading.Event()
        self.ended = threading.Event()
        entry.relay = self
        self.lock = threading.Lock()

    def start(self):
        threading.Thread(target=self.outward, daemon=True).start()
        threading.Thread(target=self.inward, daemon=True).start()

    def done(self):
        with self.lock:
            self.left -= 1
            if self.left:
                return
        self.tcp.close()
        self.client.close()
        self.over.set()

    def broken(self, error):
        name = errno_name(error)
        self.entry.error = self.entry.error or ('ECONNRESET' if name == 'EPIPE' else name)
        for sock in (self.client, self.tcp):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def client_gone(self):
        """Unread octets at the client: the connection is reset."""
        try:
            self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        except OSError:
            pass

    def outward(self):
        try:
            while True:
                try:
                    data = self.client.recv(65536)
                except OSError:
                    self.client_gone()
                    data = b''
                    self.tcp.shutdown(socket.SHUT_RD)
                if not data:
                    break
                self.tcp.sendall(data)
            # a reset has no FIN ahead of it
            if self.tcp.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) != struct.pack('ii', 1, 0):
                self.tcp.shutdown(socket.SHUT_WR)
            # the other end may go away, or reset, while nothing is to be read any more
        except OSError as e:
            self.broken(e)
        self.ended.set()
        self.done()

    def sees_the_end(self):
        """As the daemon, which looks at descriptors in the order in which something happened to them."""
        if self.ended.is_set():
            return
        poll = select.poll()
        poll.register(self.client, select.POLLRDHUP)
        if poll.poll(0):
            self.ended.wait(1)          # but not for a peer that takes nothing

    def inward(self):
        try:
            poll = select.poll()
            poll.register(self.tcp, select.POLLIN)
            poll.register(self.client, 0)
            writable = True
            while True:
                events = dict(poll.poll())
                if self.client.fileno() in events and self.tcp.fileno() not in events:
                    # closed: what was written goes out, what comes in meets nobody
                    if self.ended.is_set() and self.client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                        self.client_gone()
                    if writable:
                        writable = False
                        self.tcp.shutdown(socket.SHUT_RD)
                    break
                data = self.tcp.recv(65536)
                if not data:
                    self.entry.fin |= self.tcp.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != CLOSED
                    self.client.shutdown(socket.SHUT_WR)
                    break
                try:
                    self.client.sendall(data)
                except BrokenPipeError:
                    if select.select([self.client], [], [], 0)[0] and not self.client.recv(1, socket.MSG_PEEK):
                        self.client_gone()
                        break
            self.watch()
        except OSError as e:
            self.broken(e)
        self.done()

    def watch(self):
        """After FIN a reset may still come, until our own end has gone."""
        poll = select.poll()
        poll.register(self.tcp, 0)
        poll.register(self.client, 0)
        while True:
            for fd, event in poll.poll(1000):
                if fd == self.client.fileno():
                    return
                error = self.tcp.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                # the kernel's word for a reset behind FIN
                self.entry.fin |= error == errno.EPIPE
                if error:
                    raise OSError(error, 'reset')
                return
            if self.left == 1:
                return


class Session:
    """One Unix connection."""

    def __init__(self, unix):
        self.unix = unix
        self.buffer = b''
        self.rights = []
        self.bound = None

    def fill(self, size=512):
        # Small pieces: what follows a request is not to be taken with it.
        room = socket.CMSG_SPACE(4)
        data, control, _, _ = self.unix.recvmsg(size, room, socket.MSG_CMSG_CLOEXEC)
        for level, kind, octets in control:
            self.rights += array.array('i', octets)
        if not data:
            raise EOFError
        self.buffer += data

    def octets(self, n):
        while len(self.buffer) < n:
            self.fill(min(65536, n - len(self.buffer)))
        taken, self.buffer = self.buffer[:n], self.buffer[n:]
        return taken

    def request(self):
        while b'\r\n\r\n' not in self.buffer:
            # One octet at a time where the end is near, so that a stream behind it stays in the socket.
            self.fill(64 if b'\r\n' not in self.buffer else 1)
        head, _, self.buffer = self.buffer.partition(b'\r\n\r\n')
        lines = head.decode().split('\r\n')
        method, target, _ = lines[0].split(' ')
        headers = {k.lower(): v.strip() for k, v in (line.split(':', 1) for line in lines[1:])}
        body = self.octets(int(headers.get('content-length', 0)))
        return method, target, headers, json.loads(body) if body else {}

    def answer(self, status, headers=(), body=None):
        payload = json.dumps(body).encode() if body is not None else b''
        lines = ['HTTP/1.1 %s' % status] + ['%s: %s' % h for h in headers]
        if body is not None:
            lines.append('content-length: %d' % len(payload))
        self.unix.sendall('\r\n'.join(lines).encode() + b'\r\n\r\n' + payload)

    def fail(self, error, what):
        self.answer('502 Bad Gateway', body={'type': 'about:blank', 'title': 'Bad Gateway', 'status': 502,
                                             'detail': '%s: %s' % (what, error), 'errno': errno_name(error)})

    def run(self):
        try:
            while True:
                method, target, headers, body = self.request()
                if not self.handle(method, target, headers, body):
                    return
        except (EOFError, ConnectionError, BrokenPipeError):
            self.end()

    def end(self):
        if self.bound:
            self.bound.close()
        self.unix.close()

    def handle(self, method, target, headers, body):
        try:
            if method == 'CONNECT':
                return self.connect(target, headers)
            if target == '/v1/bind':
                return self.bind(body)
            if target == '/v1/listen':
                return self.listen(body)
            if target == '/v1/datagram':
                return self.datagram(body)
            return self.about(method, target, body)
        except OSError as e:
            self.fail(e, method + ' ' + target)
            return method != 'CONNECT' or self.end()

    def socket_for(self, local, options):
        sock = self.bound or socket.socket()
        if not self.bound:
            share(sock, options)
            if local:
                sock.bind(endpoint(local))
        self.bound = None
        for name, value in options.items():
            set_option(sock, name, value)
        return sock

    def connect(self, target, headers):
        options = json.loads(headers.get('splnet-options', '{}'))
        sock = self.socket_for(headers.get('splnet-local'), options)
        address = endpoint(target)
        sock.connect(address)
        entry = Entry(sock, options)
        relay = Relay(entry, self.unix)
        self.octets(int(headers.get('splnet-padding', 0)))
        self.answer('200 Connection established', [
            ('Splnet-Socket', entry.id), ('Splnet-Local', text(sock.getsockname())),
            ('Splnet-Remote', text(sock.getpeername()))])
        if self.buffer:
            sock.sendall(self.buffer)
        relay.start()
        return False

    def bind(self, body):
        sock = socket.socket()
        share(sock, body['options'])
        sock.bind(endpoint(body['local']))
        for name, value in body['options'].items():
            set_option(sock, name, value)
        self.bound = sock
        self.answer('200 OK', [('Splnet-Local', text(sock.getsockname())), ('Content-Length', 0)])
        return True

    def listen(self, body):
        bound = self.bound
        sock = self.socket_for(body.get('local'), body['options'])
        try:
            sock.listen(body['backlog'])
        except OSError:
            self.bound = bound
            raise
        entry = Entry(sock, body['options'])
        self.answer('200 OK', [('Splnet-Socket', entry.id), ('Splnet-Local', text(sock.getsockname()))])
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        poll.register(self.unix, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if self.unix.fileno() in ready:
                break
            tcp, peer = sock.accept()
            ours, theirs = socket.socketpair()
            accepted = Entry(tcp, entry.options)
            relay = Relay(accepted, ours)
            ours.sendall(b'SPLN\1\0\0\0' + struct.pack('>Q', accepted.id) + end_octets(tcp.getsockname())
                         + end_octets(peer) + bytes(8))
            try:
                self.unix.sendmsg([b'A'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [theirs.fileno()]))])
            except OSError:
                tcp.close()
                break
            theirs.close()
            relay.start()
        sock.close()
        self.unix.close()
        return False

    def datagram(self, body):
        kind = socket.IPPROTO_ICMP if body.get('protocol') == 'icmp' else 0
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, kind)
        sock.setsockopt(socket.IPPROTO_IP, 8, 1)
        for name, value in body['options'].items():
            set_option(sock, name, value)
        sock.bind(endpoint(body['local']))
        entry = Entry(sock, body['options'])
        if body.get('remote'):
            sock.connect(endpoint(body['remote']))
        client = socket.socket(fileno=self.rights.pop())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        threading.Thread(target=self.datagrams, args=(entry, client), daemon=True).start()
        self.answer('200 OK', [('Splnet-Socket', entry.id), ('Splnet-Local', text(sock.getsockname())),
                               ('Content-Length', 0)])
        return True

    @staticmethod
    def datagrams(entry, client):
        """One thread for both directions: while another polls a socket, closing it does not give its port back."""
        poll = select.poll()
        poll.register(entry.sock, select.POLLIN)
        poll.register(client, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if entry.sock.fileno() in ready:
                Session.datagram_in(entry.sock, client)
            if client.fileno() in ready and not Session.datagram_out(entry.sock, client):
                with entry.closing:
                    entry.sock.close()
                client.close()
                return

    @staticmethod
    def datagram_out(sock, client):
        try:
            packet = client.recv(1 << 17)
        except OSError:
            packet = b''
        if not packet:
            return False
        family, cuts, port, address = struct.unpack('>BBH4s', packet[:8])
        data = packet[HEADER + 2 * cuts:]
        size = struct.unpack('>H', packet[HEADER:HEADER + 2])[0] if cuts else len(data) or 1
        try:
            for part in [data[at:at + size] for at in range(0, len(data) or 1, size)]:
                if family == 4:
                    sock.sendto(part, (socket.inet_ntoa(address), port))
                else:
                    sock.send(part)
        except OSError as e:
            Session.report(client, e.errno)
        return True

    @staticmethod
    def report(client, error):
        Session.give(client, struct.pack('>BxH16x20x', 255, error))

    @staticmethod
    def give(client, packet):
        """What nobody reads is lost, as behind a full buffer."""
        try:
            client.send(packet, socket.MSG_DONTWAIT)
        except OSError:
            pass

    @staticmethod
    def datagram_in(sock, client):
        try:
            data, control, _, peer = sock.recvmsg(1 << 16, 128, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError as e:
            Session.report(client, e.errno)
            return
        ours = sock.getsockname()
        for _, _, octets in control:
            ours = (socket.inet_ntoa(octets[8:12]), ours[1])
        Session.give(client, end_octets(peer) + end_octets(ours) + data)

    def queues(self, sock):
        sizes = []
        try:
            for request in (termios.FIONREAD, termios.TIOCOUTQ):
                sizes.append(struct.unpack('i', fcntl.ioctl(sock, request, bytes(4)))[0])
        except ValueError:      # closed, perhaps just now, by a thread that does not hold `closing`
            self.answer('404 Not Found', body={'status': 404, 'errno': 'EBADF'})
            return
        self.answer('200 OK', body={'in': sizes[0], 'out': sizes[1]})

    def about(self, method, target, body):
        parts = target.split('/')
        entry = SOCKETS.get(int(parts[3]))
        what = parts[4] if len(parts) > 4 else ''
        if not entry:
            self.answer('404 Not Found', body={'status': 404, 'errno': 'ENOENT'})
        elif what == 'error':
            error, entry.error = entry.error, None
            self.answer('200 OK', body={'errno': error, 'fin': True} if error and entry.fin else {'errno': error})
        elif what == 'options' and method == 'PUT':
            for name, value in body.items():
                set_option(entry.sock, name, value)
                entry.options[name] = value
            self.answer('204 No Content')
        elif what == 'options':
            self.answer('200 OK', body=get_options(entry.options))
        elif what == 'queues':
            if entry.relay:
                entry.relay.sees_the_end()
            with entry.closing:
                self.queues(entry.sock)
        elif what == 'remote':
            if body['remote']:
                entry.sock.connect(endpoint(body['remote']))
            else:
                LIBC.connect(entry.sock.fileno(), bytes(16), 16)
            self.answer('200 OK', [('Splnet-Local', text(entry.sock.getsockname()))], body={})
        elif method == 'DELETE':
            LIBC.connect(entry.sock.fileno(), bytes(16), 16)
            entry.relay.broken(ConnectionResetError(errno.ECONNRESET, 'reset'))
            entry.relay.over.wait()
            self.answer('204 No Content')
        else:
            self.answer('200 OK', body=shown(entry.sock))
        return True


def main():
    path = sys.argv[1]
    # Started anew: the sockets are gone, and the numbers begin again.
    signal.signal(signal.SIGUSR1, lambda *_: os.execv(sys.executable, [sys.executable] + sys.argv))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path + '.new')
    if sys.argv[2:] != ['activated']:
        listener.listen(64)
        os.rename(path + '.new', path)
    elif os.fork() == 0:
        # a service manager, which starts the daemon when somebody connects
        listener.listen(64)
        os.rename(path + '.new', path)
        os._exit(0)
    else:
        os.wait()
        select.select([listener], [], [])
        listener.listen(64)
    while True:
        unix, _ = listener.accept()
        threading.Thread(target=Session(unix).run, daemon=True).start()


main()
