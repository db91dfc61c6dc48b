package org.splnet.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.wire.Checksum;

/// Any octets, cut anywhere: the sum of the pieces is the sum of the whole, on heap and off.
public final class ChecksumFuzz {
    private ChecksumFuzz() { }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        read(data.consumeRemainingAsBytes());
    }

    static void read(byte[] octets) {
        int cut = octets.length == 0 ? 0 : (octets[0] & 0xff) % octets.length;
        int sum = 0;
        for (int i = 0; i < octets.length; i++) {
            sum = Checksum.add(sum, (octets[i] & 0xff) << ((i & 1) == 0 ? 8 : 0));
        }
        ByteBuf heap = Unpooled.wrappedBuffer(octets);
        ByteBuf direct = Unpooled.directBuffer(octets.length + 1).writeBytes(octets);
        try {
            Claim.that(Checksum.sum(heap, 0, octets.length) == sum, "heap differs from the naive sum");
            Claim.that(Checksum.sum(direct, 0, octets.length) == sum, "direct differs from the naive sum");
            int pieces = Checksum.addAt(Checksum.sum(direct, 0, cut),
                    Checksum.sum(direct, cut, octets.length - cut), cut);
            Claim.that(pieces == sum, "pieces differ from the whole");
        } finally {
            direct.release();
        }
    }
}
