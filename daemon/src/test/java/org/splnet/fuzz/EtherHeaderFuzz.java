package org.splnet.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.wire.EtherHeader;

/// Any octets as an Ethernet frame.
public final class EtherHeaderFuzz {
    private EtherHeaderFuzz() { }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        read(data.consumeRemainingAsBytes());
    }

    static void read(byte[] octets) {
        ByteBuf buf = Unpooled.wrappedBuffer(octets);
        EtherHeader ether = new EtherHeader().wrap(buf, 0);
        if (!ether.fits(octets.length)) {
            return;
        }
        Claim.that(ether.l3() <= octets.length, "payload begins outside");
        Claim.that(ether.vlanId() <= 0xfff && ether.vlanPcp() <= 7, "tag fields out of range");
        ByteBuf copy = buf.copy();
        EtherHeader written = new EtherHeader().wrap(copy, 0);
        written.destination(ether.destination()).source(ether.source());
        if (ether.tagged()) {
            copy.setShort(14, 0);
            written.tagged(ether.vlanPcp(), ether.vlanId(), ether.type());
            copy.setByte(14, copy.getByte(14) | buf.getByte(14) & 0x10);     // DEI, which we do not write
        } else {
            written.type(ether.type());
        }
        Claim.that(copy.equals(buf), "written back differently");
    }
}
