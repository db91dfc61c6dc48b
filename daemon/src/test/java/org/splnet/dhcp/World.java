package org.splnet.dhcp;

import java.util.ArrayList;
import java.util.List;
import org.splnet.kern.Entropy;
import org.splnet.wire.Ip4Addr;

/// A machine on virtual time, and what it did.
final class World implements Outside {
    static final long SECOND = DhcpMachine.SECOND;
    static final Ip4Addr SERVER = Ip4Addr.parse("10.1.0.1");
    static final Ip4Addr OTHER = Ip4Addr.parse("10.1.0.2");
    static final Settings SETTINGS = new Settings(16, List.of(), 0, List.of(), null, List.of());

    final DhcpMachine machine;
    final List<Request> sent = new ArrayList<>();
    final List<String> done = new ArrayList<>();
    Lease checking;
    Lease used;
    Error fails;                // the next send
    long nowNs;
    long wakeNs = Long.MAX_VALUE;

    World(long seed) {
        machine = new DhcpMachine(this, Entropy.seeded(seed));
        // The clock wraps an hour into every test.
        nowNs = Long.MAX_VALUE - 3600 * SECOND;
    }

    static Reply reply(MessageType type, int xid, Ip4Addr server, String address, long seconds) {
        return new Reply(type, xid, server, Ip4Addr.parse(address), seconds, -1, -1, SETTINGS, null, "00");
    }

    @Override
    public void send(Request request, long nowNs) {
        sent.add(request);
        Error thrown = fails;
        fails = null;
        if (thrown != null) {
            throw thrown;
        }
    }

    @Override
    public void wakeAt(long atNs) {
        wakeNs = atNs;
    }

    @Override
    public void sleep() {
        wakeNs = Long.MAX_VALUE;
    }

    @Override
    public void check(Lease lease, long nowNs) {
        checking = lease;
    }

    @Override
    public void use(Lease lease, Lease before, long nowNs) {
        used = lease;
        done.add((before == null ? "bound " : "renewed ") + lease.address());
    }

    @Override
    public void drop(Lease lease, String why, long nowNs) {
        used = null;
        if (why != null) {
            done.add("lost " + lease.address() + ": " + why);
        }
    }

    @Override
    public void refused(String why) {
        done.add(why);
    }

    @Override
    public void forget() {
        done.add("forgot");
    }

    @Override
    public void unanswered(long nowNs) {
        done.add("unanswered");
    }

    /// Lets time pass to when the machine wants to be woken.
    void wake() {
        nowNs = wakeNs;
        wakeNs = Long.MAX_VALUE;
        machine.timeout(nowNs);
    }

    /// The last that was sent.
    Request last() {
        return sent.getLast();
    }

    /// A server answers the last request at once.
    void answer(MessageType type, String address, long seconds) {
        machine.reply(reply(type, last().xid(), SERVER, address, seconds), nowNs);
    }

    /// From nothing to an address that is being checked.
    void check(String address, long seconds) {
        machine.start(null, nowNs);
        wake();
        answer(MessageType.OFFER, address, seconds);
        answer(MessageType.ACK, address, seconds);
    }

    /// From nothing to an address.
    void bind(String address, long seconds) {
        check(address, seconds);
        nowNs += 6 * SECOND;
        machine.free(nowNs);
    }

    /// Seconds until it wants to be woken.
    double waits() {
        return (wakeNs - nowNs) / (double) SECOND;
    }
}
