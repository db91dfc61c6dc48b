package org.splnet.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.Ip4Options;

/// Any octets as the options of an IPv4 header.
public final class Ip4OptionsFuzz {
    private Ip4OptionsFuzz() { }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        read(data.consumeRemainingAsBytes());
    }

    static void read(byte[] octets) {
        int end = Ip4Header.MIN_LEN + Math.min(40, octets.length);
        byte[] header = new byte[end];
        System.arraycopy(octets, 0, header, Ip4Header.MIN_LEN, end - Ip4Header.MIN_LEN);
        byte[] before = header.clone();
        ByteBuf buf = Unpooled.wrappedBuffer(header);
        Ip4Options options = new Ip4Options().wrap(buf, 0, end);
        step(options, end, false);
        int bad = options.validate();
        Claim.that(bad == Ip4Options.OK || bad >= Ip4Header.MIN_LEN && bad < end, "points outside: " + bad);
        if (bad == Ip4Options.OK) {
            step(options.rewind(), end, true);
        }
        Claim.that(new Ip4Options().wrap(buf, 0, end).validate() == bad, "two answers");
        Claim.that(Arrays.equals(before, header), "changed the header");
    }

    private static void step(Ip4Options options, int end, boolean valid) {
        int last = 0;
        while (options.next()) {
            Claim.that(options.offset() > last && options.length() >= 2
                    && options.offset() + options.length() <= end, "option outside");
            int type = options.type();
            if (valid && (type == Ip4Options.RECORD_ROUTE || type == Ip4Options.TIMESTAMP)) {
                Claim.that(options.pointer() >= 4, "pointer into the head of its option");
            }
            last = options.offset();
        }
    }
}
