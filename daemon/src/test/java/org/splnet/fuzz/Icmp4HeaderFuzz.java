package org.splnet.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.wire.Icmp4Header;

/// Any octets as an ICMP message.
public final class Icmp4HeaderFuzz {
    private Icmp4HeaderFuzz() { }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        read(data.consumeRemainingAsBytes());
    }

    static void read(byte[] octets) {
        ByteBuf buf = Unpooled.wrappedBuffer(octets);
        Icmp4Header icmp = new Icmp4Header().wrap(buf, 0);
        if (!icmp.fits(octets.length)) {
            return;
        }
        Claim.that(icmp.rest() == (icmp.id() << 16 | icmp.seq()), "halves of another whole");
        Claim.that(icmp.rest() == icmp.router(), "another router");
        Claim.that(icmp.pointer() == icmp.rest() >>> 24, "another pointer");
        Claim.that(icmp.nextHopMtu() == icmp.seq(), "another MTU");
        Claim.that(icmp.data() <= octets.length, "data outside");
        boolean ok = icmp.checksumOk(octets.length);
        ByteBuf copy = Unpooled.copiedBuffer(buf).setZero(0, Icmp4Header.LEN);
        Icmp4Header written = new Icmp4Header().wrap(copy, 0).type(icmp.type()).code(icmp.code())
                .id(icmp.id()).seq(icmp.seq()).updateChecksum(octets.length);
        Claim.that(written.checksumOk(octets.length), "its own checksum is wrong");
        if (ok && icmp.checksum() != 0xffff && written.checksum() != 0xffff) {
            Claim.that(copy.equals(buf), "written back differently");
        }
    }
}
