package org.splnet.ip;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.splnet.inet.NetworkError;
import org.splnet.inet.Path;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.kern.Witness;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.Icmp4Header;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.IpProto;

/// Echo requests of our own (RFC 792; RFC 1122 §3.2.2.6 wants a host to be able to send them), and who gets
/// what comes back. An identifier has one holder at a time: a request of [#ping] while it waits, or whoever
/// attached with one.
///
/// A request of [#ping] has an identifier and a number drawn at random, so nobody who has not seen it can
/// answer it. What a holder sends is its own affair.
///
/// Lock-free: holders are in a concurrent map; of those that wait in [#ping] there are [#MOST] at most. Any
/// thread.
public final class Pings {
    /// Who has an identifier. Called by input threads, holding nothing.
    public interface Holder {
        /// A reply with this identifier came in, to one of our addresses. Borrows `packet`, whose `l4` is at
        /// the checked ICMP header.
        ///
        /// @return what became of it, for the counters
        DropReason reply(Packet packet, long nowNs);

        /// An error about an echo request with this identifier came in, or our own link found that the next
        /// hop does not answer. Borrows `error`, which is valid during the call only and quotes at least the
        /// whole ICMP header.
        ///
        /// @param from who says so
        /// @return what became of it, for the counters
        DropReason error(NetworkError error, Ip4Addr from, long nowNs);
    }

    /// How an echo request ended.
    public enum Outcome {
        /// It was answered.
        REPLY,
        /// Nobody said anything in time.
        TIMEOUT,
        /// There is no way there from here.
        NO_ROUTE,
        /// It could not be sent.
        NOT_SENT,
        /// Somebody on the way said that it does not go on, or the next hop does not answer.
        UNREACHABLE
    }

    /// What came of an echo request.
    ///
    /// @param from who answered; null if nobody did
    /// @param rttNs from sending to the batch of input that the answer came with; 0 if there was none
    /// @param ttl of the answer
    /// @param octets of data in the answer
    public record Answer(Outcome outcome, Ip4Addr from, long rttNs, int ttl, int octets) {
        static Answer none(Outcome outcome) {
            return new Answer(outcome, null, 0, 0, 0);
        }
    }

    /// Most octets of data: what an IP packet can carry.
    public static final int MOST_OCTETS = Ip4Header.MAX_TOTAL - Ip4Header.MIN_LEN - Icmp4Header.LEN;
    /// Most requests of [#ping] that wait at a time.
    public static final int MOST = 64;

    /// The greatest identifier; the least is 1, and 0 is none.
    private static final int LAST = 0xffff;
    private static final int SEQ = 6;

    private record Waiting(int id, int to, int seq, long sentNs, CompletableFuture<Answer> answer)
            implements Holder {
        @Override
        public DropReason reply(Packet packet, long nowNs) {
            if (to != (int) packet.srcLo || seq != packet.buf.getUnsignedShort(packet.l4 + SEQ)) {
                return DropReason.ICMP_IGNORED;
            }
            answer.complete(new Answer(Outcome.REPLY, new Ip4Addr(to), Math.max(0, nowNs - sentNs),
                    packet.ttl, packet.end - packet.l4 - Icmp4Header.LEN));
            return DropReason.ICMP_CONSUMED;
        }

        @Override
        public DropReason error(NetworkError error, Ip4Addr from, long nowNs) {
            if (to != (int) error.remoteLo || seq != error.buf.getUnsignedShort(error.at + SEQ)
                    || error.kind == NetworkError.Kind.TOO_BIG) {
                return DropReason.ICMP_NO_ENDPOINT;
            }
            answer.complete(new Answer(Outcome.UNREACHABLE, from, Math.max(0, nowNs - sentNs), 0, 0));
            return DropReason.ICMP_CONSUMED;
        }
    }

    private final Ip ip;
    private final Entropy entropy;
    private final ConcurrentHashMap<Integer, Holder> holders = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();

    Pings(Ip ip, Entropy entropy) {
        this.ip = ip;
        this.entropy = entropy;
    }

    /// Sends one and waits for the answer. Holding nothing.
    ///
    /// @param octets of data, 0..[#MOST_OCTETS]
    /// @throws IllegalArgumentException if `to` is no single host
    /// @throws IllegalStateException if [#MOST] wait already, or all identifiers have holders
    public Answer ping(Ip4Addr to, int octets, long timeoutNs, Clock clock) throws InterruptedException {
        Witness.beforeBlocking("waiting for an echo reply");
        if (to.isMulticast() || to.isUnspecified() || ip.isBroadcast(0, to.lo())) {
            throw new IllegalArgumentException(to + " is no single host");
        }
        long nowNs = clock.nanoTime();
        Ip4Path path = Ip4Path.find(ip, 0, to.bits(), nowNs);
        if (path == null) {
            return Answer.none(Outcome.NO_ROUTE);
        }
        if (waiting.incrementAndGet() > MOST) {
            waiting.decrementAndGet();
            throw new IllegalStateException(MOST + " echo requests wait already");
        }
        try {
            return ping(path, octets, timeoutNs, nowNs);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private Answer ping(Ip4Path path, int octets, long timeoutNs, long nowNs) throws InterruptedException {
        int seq = (int) entropy.nextLong() & LAST;
        Waiting mine = attach(0, id -> new Waiting(id, path.remote(), seq, nowNs,
                new CompletableFuture<>()));
        if (mine == null) {
            throw new IllegalStateException("all " + LAST + " identifiers of echo requests are in use");
        }
        try {
            Packet request = request(octets, seq);
            if (request == null || sent(request, path, mine.id(), nowNs) != Output.SENT) {
                return Answer.none(Outcome.NOT_SENT);
            }
            return mine.answer().get(timeoutNs, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Answer.none(Outcome.TIMEOUT);
        } catch (ExecutionException e) {
            throw new IllegalStateException("answers are only ever completed", e);
        } finally {
            detach(mine.id(), mine);
        }
    }

    private Output sent(Packet request, Path path, int id, long nowNs) {
        try {
            return send(request, path, id, nowNs);
        } finally {
            Deferred.run();                 // also what has gone of one that was refused in the middle
        }
    }

    /// @return null if there is no memory
    private Packet request(int octets, int seq) {
        int length = Icmp4Header.LEN + octets;
        Packet packet = ip.pool().tryAllocate(length);
        if (packet == null) {
            return null;
        }
        packet.l4 = packet.append(length);
        packet.buf.setShort(packet.l4 + SEQ, seq);
        for (int i = 0; i < octets; i++) {
            packet.buf.setByte(packet.l4 + Icmp4Header.LEN + i, i);
        }
        return packet;
    }

    /// Gives an identifier to a holder, until [#detach].
    ///
    /// @param id 1..65535; 0 to choose one at random
    /// @param maker makes the holder of an identifier, more than once if somebody else was faster
    /// @return the holder that has it now; null if it, or each of them, is taken
    public <H extends Holder> H attach(int id, IntFunction<H> maker) {
        int start = id != 0 ? id - 1 : (int) entropy.nextLong() & LAST;
        int tries = id != 0 ? 1 : LAST;
        for (int i = 0; i < tries; i++) {
            int each = 1 + (start + i) % LAST;
            if (!holders.containsKey(each)) {
                H made = maker.apply(each);
                if (holders.putIfAbsent(each, made) == null) {
                    return made;
                }
            }
        }
        return null;
    }

    /// Takes its identifier from a holder, which may still be called by an input thread that has just found
    /// it.
    public void detach(int id, Holder holder) {
        holders.remove(id, holder);
    }

    /// Sends an echo request of a holder. Consumes `packet`, all of which is in its buffer, `l4` at an ICMP
    /// header in which only the sequence number is to be there. Any thread, with locks up to `ENDPOINT`
    /// held.
    ///
    /// @param path one of this network's
    /// @param id the holder's
    public Output send(Packet packet, Path path, int id, long nowNs) {
        Views.here().icmpOut.wrap(packet.buf, packet.l4).type(Icmp4Header.ECHO).code(0).id(id)
                .updateChecksum(packet.end - packet.l4);
        packet.proto = IpProto.ICMP;
        Output result = ip.output(packet, path, nowNs);
        if (result == Output.SENT) {
            ip.stats().icmpSent(Icmp4Header.ECHO);
        }
        return result;
    }

    /// An echo reply came in. Borrows `packet`, whose `l4` is at the checked ICMP header.
    ///
    /// @return what became of it, for the counters
    DropReason reply(Packet packet, long nowNs) {
        Holder holder = holders.get(Views.here().icmp.wrap(packet.buf, packet.l4).id());
        return holder == null ? DropReason.ICMP_IGNORED : holder.reply(packet, nowNs);
    }

    /// An error about an ICMP message of ours came in. Borrows `error`.
    ///
    /// @param from who says so
    DropReason error(NetworkError error, int from, long nowNs) {
        Icmp4Header quoted = Views.here().icmp.wrap(error.buf, error.at);
        Holder holder = quoted.type() == Icmp4Header.ECHO ? holders.get(quoted.id()) : null;
        return holder == null ? DropReason.ICMP_NO_ENDPOINT : holder.error(error, new Ip4Addr(from), nowNs);
    }
}
