package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.config.ClockMode;
import org.splnet.config.ControlConfig;
import org.splnet.config.InterfaceConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.control.Refusal;
import org.splnet.net.Frames;
import org.splnet.service.status.PingStatus;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.MacAddr;

/// Echo requests of a running daemon.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class DaemonPingTest {
    private static final long PATIENCE_NS = 30_000_000_000L;
    private static final MacAddr PEER = MacAddr.parse("02:00:00:00:00:01");

    private final WireDriver wire = new WireDriver();
    private Splnetd daemon;

    @BeforeEach
    void start() throws Exception {
        SplnetConfig d = SplnetConfig.defaults();
        InterfaceConfig one = new InterfaceConfig("w0", "wire", null, 0, List.of(Cidr.parse("10.9.0.2/24")),
                false, Map.of());
        daemon = Splnetd.start(new SplnetConfig(ClockMode.SYSTEM, d.locks(), d.witness(), List.of(one),
                List.of(), List.of(), d.net(), d.ip(), d.udp(), d.tcp(), d.services(), List.of(),
                new ControlConfig(""), d.log()), new Drivers(List.of(wire)));
        daemon.answer();
        daemon.steering().addNeighbor("w0", "10.9.0.1", PEER.toString());
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 56, 3000, 65_507})
    void weAnswerOurselves(int octets) {
        PingStatus answer = daemon.steering().ping("10.9.0.2", octets, PATIENCE_NS);
        assertThat(answer.outcome()).isEqualTo("reply");
        assertThat(answer.from()).isEqualTo("10.9.0.2");
        assertThat(answer.octets()).isEqualTo(octets);
        assertThat(answer.ttl()).isEqualTo(64);
        assertThat(answer.rttNs()).isBetween(0L, PATIENCE_NS);
    }

    /// The request as it went out, and the answer that `reply` makes of it.
    private PingStatus answered(java.util.function.UnaryOperator<byte[]> reply) throws Exception {
        wire.sent.clear();
        CompletableFuture<PingStatus> answer = CompletableFuture.supplyAsync(() ->
                daemon.steering().ping("10.9.0.1", 8, PATIENCE_NS));
        byte[] request = null;
        while (request == null) {
            byte[] sent = wire.sent.poll();
            request = sent != null && sent[12] == 8 && sent[13] == 0 && sent[23] == 1 ? sent : null;
        }
        assertThat(request).hasSize(14 + 20 + 16);
        wire.arrive(reply.apply(request));
        return answer.get();
    }

    private static byte[] ip(int type, int rest, byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(20 + 8 + data.length);
        out.put((byte) 0x45).put((byte) 0).putShort((short) out.capacity()).putInt(0).put((byte) 61)
                .put((byte) 1).putShort((short) 0).putInt(0x0a090001).putInt(0x0a090002);
        out.putShort(10, sum(out.array(), 0, 20));
        out.put((byte) type).put((byte) 1).putShort((short) 0).putInt(rest).put(data);
        out.putShort(22, sum(out.array(), 20, out.capacity()));
        return Frames.ether(WireDriver.MAC, PEER, EtherType.IPV4, out.array());
    }

    private static short sum(byte[] octets, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i += 2) {
            sum += (octets[i] & 0xff) << 8 | octets[i + 1] & 0xff;
        }
        return (short) ~((sum & 0xffff) + (sum >>> 16));
    }

    @Test
    void thePeerAnswers() throws Exception {
        PingStatus answer = answered(request -> {
            int key = ByteBuffer.wrap(request).getInt(14 + 20 + 4);
            wire.arrive(ip(0, key + 1, new byte[8]));       // of somebody else's
            return ip(0, key, new byte[8]);
        });
        assertThat(answer).isEqualTo(new PingStatus("reply", "10.9.0.1", answer.rttNs(), 61, 8));
    }

    @Test
    void anErrorAboutItEndsIt() throws Exception {
        PingStatus answer = answered(request ->
                ip(3, 0, java.util.Arrays.copyOfRange(request, 14, request.length)));
        assertThat(answer.outcome()).isEqualTo("unreachable");
        assertThat(answer.from()).isEqualTo("10.9.0.1");
    }

    @Test
    void silenceAndNoWayAreTold() {
        assertThat(daemon.steering().ping("10.9.0.1", 8, 1).outcome()).isEqualTo("timeout");
        assertThat(daemon.steering().ping("10.99.0.1", 8, PATIENCE_NS).outcome()).isEqualTo("no-route");
    }

    @ParameterizedTest
    @ValueSource(strings = {"224.0.0.1", "0.0.0.0", "255.255.255.255", "10.9.0.255", "::1", "host"})
    void noSingleHostIsRefused(String address) {
        assertThatThrownBy(() -> daemon.steering().ping(address, 8, 1)).isInstanceOf(Refusal.class)
                .hasMessageContaining(address);
    }
}
