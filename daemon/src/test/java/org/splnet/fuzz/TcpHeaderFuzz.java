package org.splnet.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.TcpOptions;

/// Any octets as a TCP segment, options included.
public final class TcpHeaderFuzz {
    private TcpHeaderFuzz() { }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        read(data.consumeRemainingAsBytes());
    }

    static void read(byte[] octets) {
        ByteBuf buf = Unpooled.wrappedBuffer(octets);
        TcpHeader tcp = new TcpHeader().wrap(buf, 0);
        if (!tcp.fits(octets.length)) {
            return;
        }
        Claim.that(tcp.payload() <= octets.length && tcp.optionsLen() <= TcpHeader.MAX_OPTIONS, "outside");
        new TcpOptions().parse(tcp);
        ByteBuf copy = Unpooled.copiedBuffer(buf);
        new TcpHeader().wrap(copy, 0).begin(tcp.headerLen(), tcp.flags()).srcPort(tcp.srcPort())
                .dstPort(tcp.dstPort()).seq(tcp.seq()).ack(tcp.ack()).window(tcp.window())
                .checksum(tcp.checksum()).urgentPointer(tcp.urgentPointer());
        copy.setByte(12, copy.getByte(12) | buf.getByte(12) & 0x0e);         // reserved bits, ours to clear
        Claim.that(copy.equals(buf), "written back differently");
    }
}
