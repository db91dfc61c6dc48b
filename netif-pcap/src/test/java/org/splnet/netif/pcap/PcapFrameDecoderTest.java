package org.splnet.netif.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.TestSeed;

class PcapFrameDecoderTest {
    private static final String ETHER = "020000000002" + "020000000001";

    private final PcapFrameDecoder decoder = new PcapFrameDecoder();

    private static byte[] ip(int protocol, String payload) {
        return HexFormat.of().parseHex("4500" + "%04x".formatted(20 + payload.length() / 2) + "0001000040"
                + "%02x".formatted(protocol) + "0000" + "0a0000010a000002" + payload);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "6 | 1f90005000000064000000c8 5012 ffff 00000000 | "
                + "IP 10.0.0.1.8080 > 10.0.0.2.80: Flags [S.], seq 100, ack 200, win 65535, length 0",
        "6 | 1f900050ffffffff000000c8 5018 0010 00000000 4142 | "
                + "IP 10.0.0.1.8080 > 10.0.0.2.80: Flags [P.], seq 4294967295:1, ack 200, win 16, length 2",
        "17 | 00350400000a0000 4142 | IP 10.0.0.1.53 > 10.0.0.2.1024: UDP, length 2",
        "1 | 0800000000070003 4142 | IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 7, seq 3, length 10",
        "1 | 0000000000070003 4142 | IP 10.0.0.1 > 10.0.0.2: ICMP echo reply, id 7, seq 3, length 10"})
    void readsWhatPasses(int protocol, String payload, String line) {
        byte[] raw = ip(protocol, payload.replace(" ", ""));
        byte[] frame = HexFormat.of().parseHex(ETHER + "0800" + HexFormat.of().formatHex(raw));
        assertThat(decoder.line(frame, frame.length)).isEqualTo(line);
        assertThat(decoder.whole(frame)).contains("[IPv4 Header");
    }

    @Test
    void readsArp() {
        byte[] request = HexFormat.of().parseHex(ETHER + "0806" + "0001080006040001" + "0200000000010a000001"
                + "0000000000000a000002");
        assertThat(decoder.line(request, request.length)).isEqualTo("ARP who has 10.0.0.2, tell 10.0.0.1");
        request[21] = 2;
        assertThat(decoder.line(request, request.length))
                .isEqualTo("ARP 10.0.0.1 is at 02:00:00:00:00:01");
    }

    /// Whatever passes: a line, and no fault.
    @Test
    void readsRubbish() {
        Random random = new Random(TestSeed.next());
        byte[] whole = HexFormat.of().parseHex(ETHER + "0800" + HexFormat.of().formatHex(ip(6,
                "1f90005000000064000000c88012ffff00000000020405b4010303070101080a0000000100000002")));
        for (int i = 0; i < 5000; i++) {
            byte[] octets = java.util.Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int j = random.nextInt(6); j > 0 && octets.length > 0; j--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt();
            }
            assertThat(decoder.line(octets, octets.length)).isNotEmpty()
                    .hasLineCount(1);
            assertThat(decoder.whole(octets)).isNotEmpty();
        }
    }
}
