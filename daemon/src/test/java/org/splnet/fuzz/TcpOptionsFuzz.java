package org.splnet.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.TcpOptions;

/// Any octets as the options of a TCP header, once with SYN and once without.
public final class TcpOptionsFuzz {
    private TcpOptionsFuzz() { }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        read(data.consumeRemainingAsBytes());
    }

    static void read(byte[] octets) {
        ByteBuf buf = Unpooled.wrappedBuffer(octets, 0, Math.min(TcpHeader.MAX_OPTIONS, octets.length));
        read(buf, true);
        read(buf, false);
    }

    private static void read(ByteBuf buf, boolean syn) {
        TcpOptions options = new TcpOptions().parse(buf, 0, buf.capacity(), syn);
        Claim.that(syn ? options.sackBlocks() == 0 : options.sackBlocks() <= 4, "blocks out of place");
        Claim.that(syn || !options.hasMss() && !options.hasWindowScale() && !options.hasSackPermitted()
                && !options.hasFastOpen(), "SYN option without SYN");
        Claim.that(!options.hasWindowScale() || options.windowScale() <= 14, "shift count out of range");
        Claim.that(options.length() <= TcpHeader.MAX_OPTIONS, "more than the header holds");
        ByteBuf written = write(options);
        TcpOptions back = new TcpOptions().parse(written, 0, written.capacity(), syn);
        Claim.that(!back.malformed(), "wrote what it cannot read");
        Claim.that(write(back).equals(written), "read back differently");
    }

    private static ByteBuf write(TcpOptions options) {
        ByteBuf buf = Unpooled.wrappedBuffer(new byte[options.length()]);
        Claim.that(options.write(buf, 0) == buf.capacity(), "another length than announced");
        return buf;
    }
}
