package org.splnet.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip6Addr;
import org.splnet.wire.MacAddr;

/// Any text as an address of every kind: refused with a message, or read back from what it prints as.
public final class AddressFuzz {
    private AddressFuzz() { }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        read(data.consumeRemainingAsString());
    }

    static void read(byte[] octets) {
        read(new String(octets, StandardCharsets.ISO_8859_1));
    }

    private static void read(String text) {
        readOne(text, Ip4Addr::parse);
        readOne(text, Ip6Addr::parse);
        readOne(text, InetAddr::parse);
        readOne(text, Cidr::parse);
        readOne(text, Endpoint::parse);
        readOne(text, MacAddr::parse);
    }

    private static <T> void readOne(String text, Function<String, T> parser) {
        T value;
        try {
            value = parser.apply(text);
        } catch (IllegalArgumentException refused) {
            // A subclass would be an accident: a number format, say, that slipped through.
            Claim.that(refused.getClass() == IllegalArgumentException.class, "refused by accident: "
                    + refused);
            Claim.that(refused.getMessage().startsWith("\""), "does not quote the input");
            return;
        }
        Claim.that(parser.apply(value.toString()).equals(value), "reads back differently: " + value);
    }
}
