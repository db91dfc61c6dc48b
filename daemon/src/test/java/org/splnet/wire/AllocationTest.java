package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;

/// Reading and writing headers costs no garbage: the promise of every class in this package that is not a
/// value for the edges.
@ExtendWith(NoLeaks.class)
class AllocationTest {
    private static final int ROUNDS = 50_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final EtherHeader ether = new EtherHeader();
    private final ArpPacket arp = new ArpPacket();
    private final Ip4Header ip = new Ip4Header();
    private final Ip4Options ipOptions = new Ip4Options();
    private final Icmp4Header icmp = new Icmp4Header();
    private final UdpHeader udp = new UdpHeader();
    private final TcpHeader tcp = new TcpHeader();
    private final TcpOptions tcpOptions = new TcpOptions();

    private long round(ByteBuf buf) {
        long x = ether.wrap(buf, 0).destination() ^ ether.source() ^ ether.type();
        x ^= arp.wrap(buf, 0).fits(28) ? arp.senderMac() : 1;
        x ^= ip.wrap(buf, 100).fits(60) && ip.checksumOk() ? ip.srcLo() : 0;
        x ^= ipOptions.wrap(buf, 100, ip.headerLen()).validate();
        x ^= icmp.wrap(buf, 152).updateChecksum(8).checksum();
        x ^= udp.wrap(buf, 0).fits(100) ? udp.payloadLen() : 1;
        tcpOptions.parse(tcp.wrap(buf, 220));
        x ^= tcp.seq() ^ tcp.window() ^ tcpOptions.sackLeft(0);
        x ^= tcpOptions.write(buf, tcp.options());
        x ^= Checksum.pseudo(0, ip.srcLo(), 0, ip.dstLo(), 6, 79);
        return x ^ Checksum.sum(buf, 220, 79) ^ Checksum.update16(7, 8, (int) x);
    }

    @Test
    void headersChecksumsAndOptionsAllocateNothing() {
        ByteBuf buf = PooledByteBufAllocator.DEFAULT.directBuffer(1500);
        try {
            buf.setBytes(0, Golden.octets(Golden.ECHO)).setBytes(100, Golden.octets(Golden.OPTIONS))
                    .setBytes(200, Golden.octets(Golden.DATA));
            long x = 0;
            long least = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 5; attempt++) {             // the first ones warm up
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < ROUNDS; i++) {
                    x += round(buf);
                }
                least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).as("octets in %d rounds (%d)", ROUNDS, x).isLessThan(ROUNDS / 10);
        } finally {
            buf.release();
        }
    }
}
