package org.splnet.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.socket.SocketException;

/// The datagrams of one relay: a flow for each peer, with a socket of its own on the other side, so that
/// answers find their way back. Flows end when nothing has moved for a while; as many as there may be are let
/// in, and what others send is dropped.
///
/// All of a relay's datagrams are by one event loop's thread.
///
/// @param <K> a peer
/// @param <S> a socket of the other side
abstract class Flows<K, S> implements Relay.Door {
    /// Datagrams taken in a row, before others have their turn.
    static final int BURST = 64;

    private static final Logger LOG = LoggerFactory.getLogger("splnet.relay");

    final Relay relay;
    final EventLoop loop;
    private final Map<K, Flow> all = new HashMap<>();

    Flows(Relay relay, EventLoop loop) {
        this.relay = relay;
        this.loop = loop;
    }

    /// One peer's.
    final class Flow extends Guest {
        final K peer;
        S socket;

        Flow(K peer) {
            super(Flows.this.relay, Flows.this.loop);
            this.peer = peer;
        }

        /// A datagram has gone through.
        void passed() {
            moved();
        }

        @Override
        void abort() {
            if (end()) {
                all.remove(peer, this);
                if (socket != null) {
                    close(socket);
                }
            }
        }
    }

    /// Makes a flow's socket on the other side. By the loop's thread.
    abstract S open(Flow flow) throws IOException;

    /// Ends it. By the loop's thread.
    abstract void close(S socket);

    /// The flow of a datagram that came from `peer`, which is begun if there is none.
    ///
    /// @return null if there may be no more, or none could be had; that is counted
    final Flow of(K peer) {
        assert loop.inEventLoop();
        Flow there = all.get(peer);
        if (there != null) {
            return there;
        }
        Flow flow = relay.admit(() -> new Flow(peer));
        if (flow == null) {
            relay.stats().dropped.increment();
            return null;
        }
        all.put(peer, flow);
        try {
            flow.socket = open(flow);
            return flow;
        } catch (IOException e) {
            relay.stats().failed.increment();
            relay.stats().dropped.increment();
            LOG.debug("no flow relay={} peer={} cause={}", relay.id(), peer, e.getMessage());
            flow.abort();
            return null;
        }
    }

    /// Has something done by the loop's thread, unless the relays have ended. Any thread, holding nothing.
    final void later(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("too late relay={}", relay.id());
        }
    }

    /// How a socket of the stack sends.
    interface Sending {
        /// Borrows `data`.
        void send(ByteBuf data) throws SocketException;
    }

    /// Sends into the stack what came from the host. By the loop's thread.
    ///
    /// @param read borrowed. It has memory for the largest datagram, and what is sent may wait in queues: so
    ///     it is copied
    final void toStack(Flow flow, ByteBuf read, Sending socket) {
        int octets = read.readableBytes();
        ByteBuf data = relay.context().allocator().directBuffer(Math.max(1, octets)).writeBytes(read);
        try {
            socket.send(data);
            relay.stats().octetsToStack.add(octets);
            flow.passed();
        } catch (SocketException e) {
            relay.stats().dropped.increment();
        } finally {
            data.release();
        }
    }

    /// Sends to the host what came from the stack, unless too much waits for that already. By the loop's
    /// thread.
    ///
    /// @param data consumed
    final void toHost(Flow flow, ByteBuf data, Channel channel, InetSocketAddress to) {
        if (!channel.isWritable()) {
            data.release();
            relay.stats().dropped.increment();
            return;
        }
        int octets = data.readableBytes();
        channel.writeAndFlush(new DatagramPacket(data, to)).addListener(done -> {
            if (done.isSuccess()) {
                relay.stats().octetsToHost.add(octets);
                flow.passed();
            } else {
                relay.stats().dropped.increment();
            }
        });
    }

    /// A channel of the host says that a datagram met nobody, or that something else is wrong with it.
    final void failed(Throwable cause) {
        relay.stats().failed.increment();
        LOG.debug("datagram failed relay={} cause={}", relay.id(), cause.getMessage());
    }
}
