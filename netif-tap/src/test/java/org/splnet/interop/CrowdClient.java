package org.splnet.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// One client of a [Crowd]: a service, and a manner to use and leave it.
final class CrowdClient {
    /// What is talked to.
    private enum Service {
        ECHO(7), DISCARD(9), CHARGEN(19), HTTP(80);

        final int port;

        Service(int port) {
            this.port = port;
        }
    }

    private enum Manner { LEAVE, TALK, HALF_CLOSE, RESET, NEVER_READ }

    private static final Service[] SERVICES = {Service.ECHO, Service.ECHO, Service.ECHO, Service.HTTP,
        Service.HTTP, Service.DISCARD, Service.CHARGEN};
    private static final Manner[] MANNERS = Manner.values();
    private static final int MOST_OCTETS = 20_000;
    private static final int SMALL_BUFFER = 8192;
    private static final int CHARGEN_LINE = 74;
    private static final long SECOND = 1_000_000_000L;
    private static final long PATIENCE_NS = 30 * SECOND;
    private static final int HEAD = 1024;
    private static final byte[] TEXT = new byte[MOST_OCTETS];

    static {
        new SplittableRandom(1).nextBytes(TEXT);
    }

    final String source;
    private final Crowd crowd;
    private final Service service;
    private final Manner manner;
    private final int length;
    private final int resetAt;
    private final long stayNs;
    private final byte[] says;
    private final byte[] head = new byte[HEAD];
    private SocketChannel channel;
    private boolean connected;
    private boolean waited;
    private long sinceNs = System.nanoTime();
    private int sent;
    private int received;
    private int headLength;

    CrowdClient(Crowd crowd, SplittableRandom rnd, List<String> sources) {
        this.crowd = crowd;
        source = sources.get(rnd.nextInt(sources.size()));
        service = SERVICES[rnd.nextInt(SERVICES.length)];
        manner = MANNERS[rnd.nextInt(MANNERS.length)];
        length = 1 + rnd.nextInt(MOST_OCTETS);
        stayNs = rnd.nextLong(4 * SECOND);
        says = service == Service.HTTP ? ("GET /bytes/" + length
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII)
                : Arrays.copyOf(TEXT, length);
        resetAt = rnd.nextInt(says.length);
    }

    void connect(InetAddress server) throws IOException {
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        if (manner == Manner.NEVER_READ) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER);
        }
        channel.bind(new InetSocketAddress(source, 0));
        channel.register(crowd.selector, SelectionKey.OP_CONNECT, this);
        channel.connect(new InetSocketAddress(server, service.port));
    }

    /// @param talking false if it has to wait for the others once it is connected
    void ready(SelectionKey key, boolean talking) throws IOException {
        if (key.isConnectable()) {
            channel.finishConnect();
            connected = true;
            crowd.connected(1);
            key.interestOps(0);
            waited = !talking;
            if (talking) {
                begin(key);
            }
            return;
        }
        if (key.isWritable()) {
            write(key);
        }
        if (key.isValid() && key.isReadable()) {
            read();
        }
    }

    /// It may talk now, if it is connected.
    void begin(SelectionKey key) {
        sinceNs = System.nanoTime();
        if (connected && manner == Manner.LEAVE) {
            close();
        } else if (connected) {
            key.interestOps(manner == Manner.NEVER_READ ? SelectionKey.OP_WRITE
                    : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    /// Looked at from time to time: while it waits it says a little, lest the service give it up.
    ///
    /// @return true if it has been here for too long
    boolean look(boolean talking, long nowNs) throws IOException {
        if (!talking && connected && nowNs - sinceNs > SECOND && service != Service.HTTP
                && sent < says.length - 1) {
            sinceNs = nowNs;
            sent += channel.write(ByteBuffer.wrap(says, sent, 1));
        }
        if (talking && connected && manner == Manner.NEVER_READ && nowNs - sinceNs > stayNs) {
            close();
            return false;
        }
        return talking && nowNs - sinceNs > PATIENCE_NS;
    }

    private void write(SelectionKey key) throws IOException {
        sent += channel.write(ByteBuffer.wrap(says, sent, says.length - sent));
        if (manner == Manner.RESET && sent > resetAt) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            close();
        } else if (sent == says.length) {
            if (manner == Manner.HALF_CLOSE || manner != Manner.NEVER_READ && service == Service.DISCARD) {
                channel.shutdownOutput();
            }
            key.interestOps(manner == Manner.NEVER_READ ? 0 : SelectionKey.OP_READ);
        }
    }

    private void read() throws IOException {
        crowd.buffer.clear();
        int n = channel.read(crowd.buffer);
        crowd.buffer.flip();
        while (crowd.buffer.hasRemaining()) {
            byte octet = crowd.buffer.get();
            if (service == Service.HTTP && !inBody()) {
                head[headLength++] = octet;
                continue;
            }
            if (octet != expected(octet)) {
                crowd.broken("octet " + received + " of " + this);
                close();
                return;
            }
            received++;
        }
        if (n < 0) {
            ended();
        } else if (received >= length && manner != Manner.HALF_CLOSE && service != Service.HTTP
                && service != Service.DISCARD) {
            crowd.verified();
            close();
        }
    }

    private void ended() {
        boolean all = switch (service) {
            case ECHO -> received == length;
            case DISCARD -> received == 0;
            case CHARGEN -> manner == Manner.HALF_CLOSE;
            case HTTP -> received == length && new String(head, 0, headLength, StandardCharsets.US_ASCII)
                    .startsWith("HTTP/1.1 200 ");
        };
        if (all) {
            crowd.verified();
        } else if (service == Service.HTTP && headLength == 0) {
            crowd.told(this, new IOException(Crowd.END));          // given up while its request was lost
        } else {
            crowd.broken("end after " + received + " of " + length + " " + this);
        }
        close();
    }

    private boolean inBody() {
        return headLength == HEAD || headLength > 3 && head[headLength - 1] == '\n'
                && head[headLength - 2] == '\r' && head[headLength - 3] == '\n';
    }

    private byte expected(byte octet) {
        return switch (service) {
            case ECHO -> received < length ? says[received] : (byte) ~octet;
            case DISCARD -> (byte) ~octet;
            case CHARGEN -> received % CHARGEN_LINE == CHARGEN_LINE - 1 ? (byte) '\n' : octet;
            case HTTP -> (byte) (received * 31 + (received >> 8) * 7 + (received >> 16));
        };
    }

    boolean connected() {
        return connected;
    }

    /// True if it had to wait for the others: on a slow machine its service may have given it up.
    boolean waited() {
        return waited;
    }

    void close() {
        if (connected) {
            connected = false;
            crowd.connected(-1);
        }
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            crowd.broken("close: " + e.getMessage());
        }
    }

    @Override
    public String toString() {
        return (connected ? "" : "connecting ") + service.name().toLowerCase(Locale.ROOT) + " "
                + manner.name().toLowerCase(Locale.ROOT);
    }
}
