package org.splnet.netif.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.Pcaps;
import org.splnet.TestSeed;
import org.splnet.capture.BpfProgram;
import org.splnet.capture.FilterCompiler;
import org.splnet.capture.FilterException;
import org.splnet.capture.PcapngSample;

/// Filters as libpcap compiles them, run by our machine and by libpcap's own on the same frames.
class PcapFilterCompilerTest {
    private static final int FRAMES = 3000;

    private final PcapFilterCompiler compiler = new PcapFilterCompiler();

    static Stream<String> filters() {
        return Stream.of("ip", "arp", "ip6", "tcp", "udp", "icmp", "tcp port 80", "port 53 or port 5353",
                "host 10.0.0.1", "not host 10.0.0.1", "src net 10.0.0.0/8", "dst net 10.0.0.0/30 and udp",
                "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "tcp portrange 50-100", "ip[0] & 0xf != 5",
                "ip[2:2] > 60", "len > 60", "len <= 100 and tcp", "less 64", "greater 80", "ether[0] & 1 = 1",
                "ether host 02:00:00:00:00:01", "ether broadcast", "ether multicast", "vlan",
                "vlan 7 and tcp",
                "icmp[icmptype] = icmp-echo", "ip proto 47", "ip6 and tcp port 80", "ip6 host fe80::1",
                "ip[6:2] & 0x1fff = 0 and ip[9] = 6", "tcp[(tcp[12] >> 4) * 4] = 0x47", "udp[4:2] % 7 = 3",
                "ip[ip[0] & 0xf] ^ 0x55 > ip[1]", "ether[10:4] * 3 + 7 > ether[12:4] / 5",
                "ip[4:2] << 3 = 64",
                "-ip[3] & 0xff > 100", "link[0] = 2", "tcp and not (port 80 or port 443)");
    }

    @ParameterizedTest
    @MethodSource("filters")
    void bothMachinesAgree(String filter) throws Exception {
        Random random = new Random(TestSeed.next());
        BpfProgram ours = compiler.compile(filter);
        try (Memory theirs = new Memory(16); Memory frame = new Memory(2048);
                Memory header = new Memory(24)) {
            PcapFilterCompiler.compile(filter, theirs);
            for (int i = 0; i < FRAMES; i++) {
                byte[] octets = frame(random);
                frame.write(0, octets, 0, octets.length);
                header.clear();
                header.setInt(16, octets.length);
                header.setInt(20, octets.length);
                int accepted = PcapFilterCompiler.function("pcap_offline_filter")
                        .invokeInt(new Object[] {theirs, header, frame});
                assertThat(PcapngSample.run(ours, octets)).as("%s on %s", filter, hex(octets))
                        .isEqualTo(accepted);
            }
            PcapFilterCompiler.function("pcap_freecode").invoke(new Object[] {theirs});
        }
    }

    /// Something near a real frame, so that filters get past their first test; then spoiled, and cut
    /// anywhere.
    private static byte[] frame(Random random) {
        ByteBuffer out = ByteBuffer.allocate(200);
        out.putShort((short) (random.nextInt(4) == 0 ? -1 : 0x0200)).putInt(random.nextInt(3));
        out.putShort((short) 0x0200).putInt(random.nextInt(3));
        if (random.nextInt(5) == 0) {
            out.putShort((short) 0x8100).putShort((short) random.nextInt(10));
        }
        int[] types = {0x800, 0x800, 0x800, 0x806, 0x86dd, random.nextInt(65536)};
        out.putShort((short) types[random.nextInt(types.length)]);
        int at = out.position();
        int[] protocols = {6, 6, 17, 1, 47, random.nextInt(256)};
        int[] ports = {80, 443, 53, 5353, 99, random.nextInt(65536)};
        boolean six = out.getShort(at - 2) == (short) 0x86dd;
        if (six) {
            out.putInt(0x60000000).putShort((short) 40)
                    .put((byte) protocols[random.nextInt(6)]).put((byte) 9);
            out.putLong(0xfe80L << 48).putLong(random.nextInt(3)).putLong(0xfe80L << 48)
                    .putLong(random.nextInt(3));
        } else {
            out.put((byte) (random.nextInt(4) == 0 ? 0x46 : 0x45)).put((byte) 0);
            out.putShort((short) random.nextInt(150)).putShort((short) random.nextInt(20));
            out.putShort((short) (random.nextInt(4) == 0 ? random.nextInt(65536) : 0)).put((byte) 64)
                    .put((byte) protocols[random.nextInt(6)]).putShort((short) 0);
            out.putInt(0x0a000000 + random.nextInt(8)).putInt(0x0a000000 + random.nextInt(8));
        }
        out.putShort((short) ports[random.nextInt(6)]).putShort((short) ports[random.nextInt(6)]);
        byte[] rest = new byte[random.nextInt(out.remaining())];
        random.nextBytes(rest);
        out.put(rest);
        byte[] all = new byte[random.nextInt(6) == 0 ? 1 + random.nextInt(out.position()) : out.position()];
        System.arraycopy(out.array(), 0, all, 0, all.length);
        for (int i = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0; i > 0; i--) {
            all[random.nextInt(all.length)] = (byte) random.nextInt();
        }
        return all;
    }

    private static String hex(byte[] octets) {
        return java.util.HexFormat.of().formatHex(octets);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"tcp prot 80 | syntax error", "port http80x | unknown port",
        "host 10.0.0.256 | 10.0.0.256", "ip[ | syntax error", "ether host x | x",
        "inbound | only the kernel knows", "outbound and tcp | only the kernel knows"})
    void whatIsNoFilterIsRefusedInLibpcapsWords(String filter, String why) {
        assertThatThrownBy(() -> compiler.compile(filter)).isInstanceOf(FilterException.class)
                .hasMessageContaining(why);
    }

    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(FilterCompiler.class)).hasAtLeastOneElementOfType(
                PcapFilterCompiler.class);
    }

    /// The stream is one that libpcap reads: each frame, its length and its time to the nanosecond.
    @Test
    void libpcapReadsWhatWeWrite(@TempDir Path dir) throws Exception {
        Random random = new Random(TestSeed.next());
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            frames.add(frame(random));
        }
        long startNs = 1_800_000_000_123_456_789L;
        Path file = Files.write(dir.resolve("x.pcapng"), PcapngSample.file("eth\u00e9", startNs, frames));
        try (PcapHandle handle = Pcaps.openOffline(file.toString(), PcapHandle.TimestampPrecision.NANO)) {
            for (int i = 0; i < frames.size(); i++) {
                assertThat(handle.getNextRawPacket()).isEqualTo(frames.get(i));
                assertThat(handle.getOriginalLength()).isEqualTo(frames.get(i).length);
                assertThat(handle.getTimestamp().getTime() / 1000).isEqualTo(startNs / 1_000_000_000);
                assertThat(handle.getTimestamp().getNanos()).isEqualTo(123_456_789 + i);
            }
            assertThat(handle.getNextRawPacket()).isNull();
        }
    }
}
