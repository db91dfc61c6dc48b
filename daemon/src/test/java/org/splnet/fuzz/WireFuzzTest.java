package org.splnet.fuzz;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.wire.Golden;

/// Every harness of the wire parsers, a bounded number of seeded inputs each.
@ExtendWith(NoLeaks.class)
class WireFuzzTest {
    private static final int INPUTS = 20_000;

    static Stream<Arguments> harnesses() {
        return Stream.of(
                harness("ether", EtherHeaderFuzz::read, part(Golden.ECHO, 0), part(Golden.SYN, 0)),
                harness("arp", ArpPacketFuzz::read, part(Golden.ARP_REQUEST, 14)),
                harness("ip4", Ip4HeaderFuzz::read, part(Golden.ECHO, 14), part(Golden.OPTIONS, 0)),
                harness("ip4 options", Ip4OptionsFuzz::read, part(Golden.OPTIONS, 20),
                        HexFormat.of().parseHex("8307040a00000101890b040000000000000000")),
                harness("icmp4", Icmp4HeaderFuzz::read, part(Golden.ECHO, 34),
                        part(Golden.FRAGMENTATION_NEEDED, 20)),
                harness("udp", UdpHeaderFuzz::read, part(Golden.UDP, 34)),
                harness("tcp", TcpHeaderFuzz::read, part(Golden.DATA, 20), part(Golden.SYN, 38)),
                harness("tcp options", TcpOptionsFuzz::read, part(Golden.SYN, 58),
                        Arrays.copyOf(part(Golden.DATA, 40), 32), HexFormat.of().
                                parseHex("220a0102030405060708")),
                harness("checksum", ChecksumFuzz::read, part(Golden.DATA, 0)),
                harness("addresses", AddressFuzz::read, text("10.88.0.2/24"), text("[2001:db8::1]:443"),
                        text("::ffff:10.0.0.1"), text("1:2:3:4:5:6:7:8"), text("02:00:5e:58:00:02")));
    }

    private static Arguments harness(String name, Consumer<byte[]> harness, byte[]... golden) {
        return arguments(name, harness, golden);
    }

    private static byte[] part(String golden, int from) {
        byte[] octets = Golden.octets(golden);
        return Arrays.copyOfRange(octets, from, octets.length);
    }

    private static byte[] text(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("harnesses")
    void survivesAnyOctets(String name, Consumer<byte[]> harness, byte[][] golden) {
        long seed = TestSeed.next();
        var mutator = new Mutator(seed, golden);
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (byte[] octets : golden) {
                run(name, harness, octets, seed);
            }
            for (int i = 0; i < INPUTS; i++) {
                run(name, harness, mutator.next(), seed);
            }
        });
    }

    private static void run(String name, Consumer<byte[]> harness, byte[] octets, long seed) {
        try {
            harness.accept(octets);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + seed + ", " + name + ": " + HexFormat.of().formatHex(octets),
                    e);
        }
    }
}
