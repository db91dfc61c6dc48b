package org.splnet.tcp;

import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.splnet.inet.FakeNetwork;
import org.splnet.kern.Entropy;
import org.splnet.socket.CongestionAlgorithm;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.InetAddr;

/// How a [Drill] begins: what the peer announces, what the stack is told, and the state that is reached
/// through segments before the test says anything.
final class DrillSetup {
    static final long SEED = 42;

    /// The numbers of RFC 5681, which are easier to follow.
    TcpConfig config = Knobs.with("congestionControl", CongestionAlgorithm.NEW_RENO, "pacing", false);
    boolean sack;
    boolean timestamps;
    SocketOptions options = SocketOptions.DEFAULTS.withBuffers(1 << 20, 60_000);
    int mss = 1000;
    int scale = -1;
    int wnd = 65_535;
    int peerIsn = 7_000_000;
    int mtu = 1500;
    int largestSend;
    int backlog = 16;
    ByteBufAllocator memory = UnpooledByteBufAllocator.DEFAULT;
    private Integer iss;

    static DrillSetup drill() {
        return new DrillSetup();
    }

    /// Knobs by name, see [Knobs].
    DrillSetup config(Object... namesAndValues) {
        config = Knobs.with(config, namesAndValues);
        return this;
    }

    DrillSetup options(SocketOptions given) {
        options = given;
        return this;
    }

    DrillSetup noDelay() {
        options = options.withNoDelay(true);
        return this;
    }

    DrillSetup buffers(int send, int receive) {
        options = options.withBuffers(send, receive);
        return this;
    }

    /// MSS the peer announces.
    DrillSetup mss(int octets) {
        mss = octets;
        return this;
    }

    /// Window scale the peer offers.
    DrillSetup scale(int shift) {
        scale = shift;
        return this;
    }

    /// Window field of the peer's segments.
    DrillSetup wnd(int field) {
        wnd = field;
        return this;
    }

    DrillSetup peerIsn(int isn) {
        peerIsn = isn;
        return this;
    }

    DrillSetup mtu(int octets) {
        mtu = octets;
        return this;
    }

    /// Packets that large are cut below us.
    DrillSetup largestSend(int octets) {
        largestSend = octets;
        return this;
    }

    DrillSetup backlog(int n) {
        backlog = n;
        return this;
    }

    /// Where buffers come from.
    DrillSetup memory(ByteBufAllocator allocator) {
        memory = allocator;
        return this;
    }

    /// Our ISN of a connection from the peer to [Drill#PORT] that begins at once: the clock is set so.
    DrillSetup iss(int isn) {
        iss = isn;
        return this;
    }

    /// Where the clock starts.
    long originNs() {
        if (iss == null) {
            return 0;
        }
        Entropy entropy = Entropy.seeded(SEED);
        entropy.nextLong();                    // what Tcp takes before it makes its generator
        entropy.nextLong();
        new org.splnet.pcb.PortTable(config.ephemeralFirst(), config.ephemeralLast(), entropy);
        InetAddr host = FakeNetwork.HOST;
        InetAddr peer = FakeNetwork.PEER;
        int atZero = new IssGenerator(entropy).next(host.hi(), host.lo(), Drill.PORT, peer.hi(), peer.lo(),
                Seg.PEER_PORT, 0);
        return (iss - atZero & 0xffff_ffffL) * 4000;
    }

    /// The peer permits SACK.
    DrillSetup sack() {
        sack = true;
        return this;
    }

    /// The peer has timestamps, a millisecond each from [DrillPeer#FIRST_TS] on, in all its segments.
    DrillSetup timestamps() {
        timestamps = true;
        return this;
    }

    private Seg withOptions(Seg seg) {
        if (sack) {
            seg.sackOk();
        }
        if (mss > 0) {
            seg.mss(mss);
        }
        return scale >= 0 ? seg.scale(scale) : seg;
    }

    Seg peerSyn() {
        return withOptions(syn());
    }

    /// LISTEN.
    Drill listening() {
        return new Drill(this).listen();
    }

    /// SYN-RECEIVED by a passive open.
    Drill synReceived() {
        return listening().in(peerSyn()).out(synAck().acks(1));
    }

    /// ESTABLISHED by a passive open, accepted.
    Drill accepted() {
        return synReceived().in(ack(1).seq(1)).accept().state(TcpState.ESTABLISHED).outNothing();
    }

    /// SYN-SENT.
    Drill synSent() {
        return new Drill(this).connect().out(syn()).state(TcpState.SYN_SENT);
    }

    /// SYN-RECEIVED by a simultaneous open.
    Drill simultaneous() {
        return synSent().in(peerSyn()).out(synAck().acks(1)).state(TcpState.SYN_RECEIVED);
    }

    /// ESTABLISHED by an active open.
    Drill connected() {
        return synSent().in(withOptions(synAck().acks(1))).out(ack(1).seq(1)).state(TcpState.ESTABLISHED);
    }

    /// FIN-WAIT-1, half-closed: the user still reads.
    Drill finWait1() {
        return accepted().shutdownOutput().out(Seg.fin(1)).state(TcpState.FIN_WAIT_1);
    }

    /// FIN-WAIT-2, half-closed.
    Drill finWait2() {
        return finWait1().in(ack(2)).state(TcpState.FIN_WAIT_2).outNothing();
    }

    /// CLOSE-WAIT.
    Drill closeWait() {
        return accepted().in(Seg.fin(1).acks(1)).out(ack(2)).state(TcpState.CLOSE_WAIT);
    }

    /// CLOSING.
    Drill closing() {
        return finWait1().in(Seg.fin(1).acks(1)).out(ack(2).seq(2)).state(TcpState.CLOSING);
    }

    /// LAST-ACK.
    Drill lastAck() {
        return closeWait().shutdownOutput().out(Seg.fin(1).acks(2)).state(TcpState.LAST_ACK);
    }

    /// TIME-WAIT by way of FIN-WAIT-2.
    Drill timeWait() {
        return finWait2().in(Seg.fin(1).acks(2)).out(ack(2).seq(2)).state(TcpState.TIME_WAIT);
    }
}
