package org.splnet.tcp;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.IpProto;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.TcpOptions;

/// A segment written and one read, by the options it has: none, timestamps as nearly every one, timestamps
/// and three SACK blocks, or all that a SYN carries.
@State(Scope.Thread)
public class SegmentBench {
    private static final int TEXT = 1448;

    /// Which options.
    @Param({"none", "timestamps", "sack", "syn"})
    public String options;
    private final Nowhere network = new Nowhere();
    private final TcpOptions with = new TcpOptions();
    private final SegmentWriter writer = new SegmentWriter(TcpConfig.DEFAULTS, network, null, new TcpStats());
    private final TcpHeader header = new TcpHeader();
    private Timestamps timestamps;
    private Packet packet;
    private int flags = TcpHeader.ACK;
    private int headerLen;
    private int seq;

    @Setup
    public void fill() {
        switch (options) {
            case "timestamps" -> with.timestamps(1, 2);
            case "sack" -> with.timestamps(1, 2).sackBlock(1, 2).sackBlock(3, 4).sackBlock(5, 6);
            case "syn" -> {
                with.mss(1460).windowScale(7).sackPermitted().timestamps(1, 0);
                flags = TcpHeader.SYN;
            }
            default -> { }
        }
        timestamps = with.hasTimestamps() ? new Timestamps(1, 2, 0) : null;
        headerLen = TcpHeader.MIN_LEN + with.length();
        packet = network.pool().allocate(headerLen + TEXT);
        packet.l4 = packet.append(headerLen + TEXT);
        packet.buf.setZero(packet.l4, headerLen + TEXT);
        packet.srcLo = network.remoteLo();
        packet.dstLo = network.localLo();
        encode();
        int len = headerLen + TEXT;
        header.checksum(0);
        int sum = Checksum.pseudo(0, packet.srcLo, 0, packet.dstLo, IpProto.TCP, len);
        header.checksum(Checksum.finish(Checksum.add(sum, Checksum.sum(packet.buf, packet.l4, len))));
        if (!verify() || decode() != TEXT) {
            throw new IllegalStateException("the segment reads otherwise than it was written");
        }
    }

    @TearDown
    public void release() {
        packet.free();
    }

    /// Header and options written into a buffer, and the sum of header and pseudo header.
    @Benchmark
    public int encode() {
        int len = headerLen + TEXT;
        header.wrap(packet.buf, packet.l4).begin(headerLen, flags).srcPort(80).dstPort(50_000).seq(seq++)
                .ack(2).window(1000);
        with.write(packet.buf, header.options());
        int sum = Checksum.pseudo(0, network.localLo(), 0, network.remoteLo(), IpProto.TCP, len);
        header.checksum(Checksum.add(sum, Checksum.sum(packet.buf, packet.l4, headerLen)));
        return sum;
    }

    /// An acknowledgment as the product makes it, with the packet it lies in: from the pool and back.
    @Benchmark
    public Object made() {
        return writer.bare(network, 80, 50_000, seq++, 2, flags, 1000, timestamps, 0, 0,
                seq * 1000L);
    }

    /// Read, without the checksum.
    @Benchmark
    public int decode() {
        TcpSegment segment = TcpSegment.here();
        if (!segment.parse(packet)) {
            throw new AssertionError("cut short");
        }
        return segment.textLen;
    }

    /// Read, with the checksum over 1,448 octets of text.
    @Benchmark
    public boolean verify() {
        TcpSegment segment = TcpSegment.here();
        return segment.parse(packet) && segment.checksumGood();
    }
}
