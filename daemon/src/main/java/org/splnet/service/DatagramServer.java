package org.splnet.service;

import io.netty.buffer.ByteBuf;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Clock;
import org.splnet.kern.FaultLog;
import org.splnet.kern.RateLimit;
import org.splnet.socket.DatagramProtocol;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// A service on a UDP port. Works in the thread that brings the datagram.
///
/// An answer goes to whatever the datagram claims as its source, so three kinds of datagram get none: those
/// whose source port is a service that would answer in turn (two echoes never stop), those that were sent to
/// a broadcast address, and those beyond the rate limit.
public final class DatagramServer implements AutoCloseable {
    /// Services that answer anything, by their assigned ports: echo, discard, daytime, quote, chargen, time.
    public static final Set<Integer> ANSWERING_PORTS = Set.of(7, 9, 13, 17, 19, 37);

    private static final Logger LOG = LoggerFactory.getLogger("splnet.service");

    /// What a service makes of a datagram.
    @FunctionalInterface
    public interface Answer {
        /// The answer to `question`, null for none; the caller releases it. Borrows `question`; what is
        /// returned may share its octets.
        ByteBuf to(ByteBuf question);
    }

    private final String name;
    private final Answer answer;
    private final Clock clock;
    private volatile RateLimit limit;
    private final Set<Integer> refusedPorts;
    private final Predicate<InetAddr> own;
    private final ServiceStats stats = new ServiceStats();
    private volatile DatagramSocket socket;

    /// @param limit of answers
    /// @param refusedPorts source ports that get no answer; may change under it
    /// @param own true for this host's unicast addresses
    public DatagramServer(String name, Answer answer, Clock clock, RateLimit limit, Set<Integer> refusedPorts,
            Predicate<InetAddr> own) {
        this.name = name;
        this.answer = answer;
        this.clock = clock;
        this.limit = limit;
        this.refusedPorts = refusedPorts;
        this.own = own;
    }

    /// Binds the port and starts, or does it again after [#close].
    public void open(DatagramProtocol udp, Endpoint local, SocketOptions options) throws SocketException {
        DatagramSocket bound = udp.bind(local, options);
        socket = bound;
        bound.listener(events -> work(bound));
        LOG.info("service listens name={} transport=udp address={}", name, bound.local());
    }

    /// Counters.
    public ServiceStats stats() {
        return stats;
    }

    /// Another limit of answers from now on.
    public void limit(RateLimit next) {
        limit = next;
    }

    private void work(DatagramSocket socket) {
        while (true) {
            DatagramSocket.Datagram datagram;
            try {
                datagram = socket.receive();
            } catch (SocketException e) {
                if (e.error() == SockError.ESHUTDOWN) {
                    return;
                }
                // Any other error is told once, and the next datagram may wait behind it.
                stats.errors.increment();
                continue;
            }
            if (datagram == null) {
                return;
            }
            try {
                serve(socket, datagram);
            } catch (RuntimeException | Error fault) {
                // The next are served all the same: nobody is told again of those that wait already.
                stats.errors.increment();
                FaultLog.system().record(fault);
            } finally {
                datagram.data().release();
            }
        }
    }

    private void serve(DatagramSocket socket, DatagramSocket.Datagram datagram) {
        stats.datagrams.increment();
        stats.octetsIn.add(datagram.data().readableBytes());
        ByteBuf reply = answer.to(datagram.data());
        if (reply == null) {
            return;
        }
        try {
            if (mayAnswer(datagram)) {
                int len = reply.readableBytes();
                // RFC 1122, 4.1.3.5: the answer's source is the address that was asked.
                socket.send(reply, datagram.from(), datagram.to().addr());
                stats.answers.increment();
                stats.octetsOut.add(len);
            }
        } catch (SocketException e) {
            stats.errors.increment();
        } finally {
            reply.release();
        }
    }

    private boolean mayAnswer(DatagramSocket.Datagram datagram) {
        int port = datagram.from().port();
        if (port == 0 || refusedPorts.contains(port) || !own.test(datagram.to().addr())) {
            stats.loopsRefused.increment();
            return false;
        }
        if (!limit.allow(clock.nanoTime())) {
            stats.rateLimited.increment();
            return false;
        }
        return true;
    }

    /// Ends it. Idempotent.
    @Override
    public void close() {
        DatagramSocket bound = socket;
        if (bound != null) {
            bound.close();
        }
    }
}
