package org.splnet.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.wire.Ip4Header;

/// Any octets as an IPv4 datagram.
public final class Ip4HeaderFuzz {
    private Ip4HeaderFuzz() { }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        read(data.consumeRemainingAsBytes());
    }

    static void read(byte[] octets) {
        ByteBuf buf = Unpooled.wrappedBuffer(octets);
        Ip4Header ip = new Ip4Header().wrap(buf, 0);
        if (!ip.fits(octets.length)) {
            return;
        }
        int headerLen = ip.headerLen();
        Claim.that(headerLen >= 20 && headerLen <= 60 && ip.l4() <= octets.length, "header outside");
        if (ip.totalLengthFits(octets.length)) {
            Claim.that(ip.payloadLen() >= 0 && ip.l4() + ip.payloadLen() <= octets.length, "payload outside");
        }
        Claim.that(ip.fragmentOffset() <= 65528 && ip.fragmentOffset() % 8 == 0, "offset out of range");
        boolean ok = ip.checksumOk();
        ByteBuf copy = Unpooled.copiedBuffer(buf);
        Ip4Header written = new Ip4Header().wrap(copy, 0).begin(headerLen).tos(ip.dscp() << 2 | ip.ecn())
                .totalLength(ip.totalLength()).id(ip.id())
                .fragment(ip.dontFragment(), ip.moreFragments(), ip.fragmentOffset()).ttl(ip.ttl())
                .proto(ip.proto()).src(ip.src()).dst(ip.dst());
        copy.setBytes(20, buf, 20, headerLen - 20);
        copy.setByte(0, buf.getByte(0));                                     // the version is ours to set
        copy.setByte(6, copy.getByte(6) | buf.getByte(6) & 0x80);            // and so is the reserved bit
        written.updateChecksum();
        Claim.that(written.checksumOk(), "its own checksum is wrong");
        if (ok && ip.checksum() != 0xffff) {                 // the other zero, which a sender must not use
            Claim.that(copy.equals(buf), "written back differently");
        }
    }
}
