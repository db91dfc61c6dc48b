package org.splnet.client;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.Objects;
import java.util.Set;

/// A `DatagramChannel` on splnet: datagrams with their lengths on a Unix channel. It has no multicast.
final class SplnetDatagramChannel extends DatagramChannel implements Selectable {
    private final Datagrams datagrams;
    private final Keys keys = new Keys();
    private DatagramSocket socket;              // guarded by `keys`

    SplnetDatagramChannel(SplnetSelectorProvider provider, Splnet splnet) throws IOException {
        super(provider);
        datagrams = new Datagrams(splnet);
    }

    Datagrams datagrams() {
        return datagrams;
    }

    // ---- as the selector sees it

    @Override
    public SelectableChannel unix() {
        UnixStream unix = datagrams.unix();
        return unix == null ? null : unix.channel();
    }

    @Override
    public Keys keys() {
        return keys;
    }

    @Override
    public int unixOps(int ops) {
        return datagrams.local() == null ? 0 : ops;
    }

    @Override
    public int ready(int unixReady) {
        return unixReady | early();
    }

    @Override
    public int early() {
        // Whoever sends by a socket without a port is given one.
        return datagrams.local() == null ? SelectionKey.OP_WRITE
                : datagrams.waiting() ? SelectionKey.OP_READ : 0;
    }

    // ---- as the program sees it

    @Override
    public DatagramChannel bind(SocketAddress local) throws IOException {
        InetSocketAddress wanted = local == null ? EndPoint.ANY : EndPoint.checked(local);
        ensureOpen();
        datagrams.bind(wanted);
        keys.changed();
        return this;
    }

    void ensureBound() throws IOException {
        ensureOpen();
        if (datagrams.local() == null) {
            datagrams.bindIfNeeded(EndPoint.ANY);
            keys.changed();
        }
    }

    @Override
    public DatagramChannel connect(SocketAddress remote) throws IOException {
        InetSocketAddress to = EndPoint.destination(remote);
        ensureBound();
        if (isConnected()) {
            throw new AlreadyConnectedException();
        }
        if (to.getPort() == 0) {
            throw new SocketException("Can't connect to port 0");
        }
        datagrams.connect(to);
        return this;
    }

    @Override
    public DatagramChannel disconnect() throws IOException {
        if (isOpen() && isConnected()) {
            datagrams.connect(null);
        }
        return this;
    }

    @Override
    public boolean isConnected() {
        return datagrams.remote() != null;
    }

    @Override
    public SocketAddress receive(ByteBuffer dst) throws IOException {
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        ensureBound();
        datagrams.reading.lock();
        try {
            Wait.begins(this);
            InetSocketAddress from;
            while ((from = datagrams.receive(dst, false)) == null && isBlocking()) {
                datagrams.unix().awaitReadable(0, Wait.Interrupts.ALWAYS);
            }
            return from;
        } catch (ClosedByInterruptException e) {
            close();
            throw e;
        } finally {
            keys.early();                   // also if what came first was an error
            datagrams.reading.unlock();
        }
    }

    @Override
    public int send(ByteBuffer src, SocketAddress target) throws IOException {
        InetSocketAddress to = EndPoint.destination(target);
        int length = src.remaining();
        InetSocketAddress remote = datagrams.remote();
        if (remote != null && !remote.equals(to)) {
            throw new AlreadyConnectedException();
        }
        if (to.getPort() == 0) {
            throw new SocketException("Can't send to port 0");
        }
        ensureBound();
        datagrams.writing.lock();
        try {
            Wait.begins(this);
            while (!datagrams.send(src, remote == null ? to : null)) {
                if (!isBlocking()) {
                    return 0;
                }
                datagrams.unix().awaitWritable(0, Wait.Interrupts.ALWAYS);
            }
            // The rest of a datagram that is on its way: the daemon takes what it gets, so this is soon over.
            while (!datagrams.flush()) {
                datagrams.unix().awaitWritable(0, Wait.Interrupts.ALWAYS);
            }
            return length;
        } catch (ClosedByInterruptException e) {
            close();
            throw e;
        } finally {
            datagrams.writing.unlock();
        }
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        ensureConnected();
        int before = dst.position();
        return receive(dst) == null ? 0 : dst.position() - before;
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, dsts.length);
        ensureConnected();
        ByteBuffer whole = ByteBuffer.allocate(Datagrams.LARGEST);
        receive(whole);
        whole.flip();
        long n = 0;
        for (int i = offset; i < offset + length; i++) {
            int part = Math.min(whole.remaining(), dsts[i].remaining());
            dsts[i].put(whole.slice(whole.position(), part));
            whole.position(whole.position() + part);
            n += part;
        }
        return n;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        ensureConnected();
        return send(src, datagrams.remote());
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, srcs.length);
        int total = 0;
        for (int i = offset; i < offset + length; i++) {
            total = Math.addExact(total, srcs[i].remaining());
        }
        ByteBuffer whole = ByteBuffer.allocate(total);
        for (int i = offset; i < offset + length; i++) {
            whole.put(srcs[i].duplicate());
        }
        int sent = write(whole.flip());
        for (int i = offset; i < offset + length && sent == total; i++) {
            srcs[i].position(srcs[i].limit());
        }
        return sent;
    }

    private void ensureConnected() throws ClosedChannelException {
        ensureOpen();
        if (!isConnected()) {
            throw new NotYetConnectedException();
        }
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public <T> DatagramChannel setOption(SocketOption<T> name, T value) throws IOException {
        ensureOpen();
        datagrams.options.set(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        ensureOpen();
        return datagrams.options.get(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Options.DATAGRAM;
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        return datagrams.remote();
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return datagrams.local();
    }

    @Override
    public DatagramSocket socket() {
        synchronized (keys) {
            if (socket == null) {
                socket = new ChannelDatagramSocket(this);
            }
            return socket;
        }
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface netIf) {
        throw new UnsupportedOperationException("splnet has no multicast");
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface netIf, InetAddress source) {
        throw new UnsupportedOperationException("splnet has no multicast");
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        datagrams.close();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // The Unix channel never is.
    }
}
