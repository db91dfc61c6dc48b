package org.splnet.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.wire.UdpHeader;

/// Any octets as a UDP datagram.
public final class UdpHeaderFuzz {
    private UdpHeaderFuzz() { }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        read(data.consumeRemainingAsBytes());
    }

    static void read(byte[] octets) {
        ByteBuf buf = Unpooled.wrappedBuffer(octets);
        UdpHeader udp = new UdpHeader().wrap(buf, 0);
        if (!udp.fits(octets.length)) {
            return;
        }
        Claim.that(udp.payloadLen() >= 0 && udp.payload()
                + udp.payloadLen() <= octets.length, "payload outside");
        ByteBuf copy = Unpooled.copiedBuffer(buf).setZero(0, UdpHeader.LEN);
        new UdpHeader().wrap(copy, 0).srcPort(udp.srcPort()).dstPort(udp.dstPort()).length(udp.length())
                .checksum(udp.checksum());
        Claim.that(copy.equals(buf), "written back differently");
    }
}
