package org.splnet.netif.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.pkt.Offload;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Checksum;

/// Datagrams that go through a packet socket in one piece (USO).
@Timeout(60)
@ExtendWith(NoLeaks.class)
class DatagramsOutTest {
    private static final int SIZE = 1000;
    private static final int OCTETS = 4300;

    @Tag("root")
    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void areCutForTheNic(String checksums) throws DeviceException, IOException {
        var pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
        try (VethPair wire = new VethPair()) {
            VethPair.run("ethtool", "-K", wire.name(), "tx", checksums);
            try (NetDevice device = new PcapDriver().open(new DeviceSpec(wire.name(), null, 0, Map.of()))) {
                assumeTrue((device.offloads() & Offload.TX_USO) != 0, "a kernel before 6.2");
                String station = wire.inside("cat", "/sys/class/net/peer/address").strip().replace(":", "");
                Process peer = wire.pythonHeard("""
                        import socket
                        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(20)
                        s.bind(("10.214.0.1", 9)); print("ready", flush=True)
                        got = [s.recv(65536) for _ in range(5)]
                        print([len(each) for each in got])
                        print(b"".join(got) == bytes(i * 7 & 255 for i in range(4300)))
                        """);
                try (BufferedReader said = peer.inputReader()) {
                    assertThat(said.readLine()).isEqualTo("ready");
                    DeviceQueue queue = device.queue(0);
                    Packet datagrams = datagrams(pool, station, device.mac().bits());
                    assertThat(queue.transmit(datagrams)).isTrue();
                    queue.flush();
                    datagrams.free();
                    assertThat(said.readLine()).isEqualTo("[1000, 1000, 1000, 1000, 300]");
                    assertThat(said.readLine()).isEqualTo("True");
                    assertThat(queue.transmitErrors()).isZero();
                } finally {
                    peer.destroy();
                }
            }
        }
    }

    // from 10.214.0.2, port 9, to port 9 of the peer
    private static Packet datagrams(PacketPool pool, String to, long from) {
        byte[] headers = ByteBufUtil.decodeHexDump(to + String.format("%012x", from) + "0800"
                + String.format("4500%04x000000004011", 28 + OCTETS) + "0000" + "0ad600020ad60001"
                + String.format("00090009%04x0000", 8 + OCTETS));
        Packet packet = pool.allocate(headers.length + OCTETS);
        packet.l2 = packet.append(headers.length + OCTETS);
        packet.buf.setBytes(packet.l2, headers);
        for (int i = 0; i < OCTETS; i++) {
            packet.buf.setByte(packet.l2 + headers.length + i, i * 7);
        }
        packet.l3 = packet.l2 + 14;
        packet.l4 = packet.l3 + 20;
        packet.buf.setShort(packet.l3 + 10, Checksum.finish(Checksum.sum(packet.buf, packet.l3, 20)));
        packet.gsoSize = SIZE;
        packet.flags |= Packet.CHECKSUM_PARTIAL;
        packet.csumStart = packet.l4;
        packet.csumOffset = 6;
        int pseudo = Checksum.add(Checksum.sum(packet.buf, packet.l3 + 12, 8), 17 + 8 + OCTETS);
        packet.buf.setShort(packet.l4 + 6, Checksum.fold(pseudo));
        return packet;
    }

    @ParameterizedTest
    @CsvSource({"6.18.44-fc-v669, true", "6.2.0-39-generic, true", "6.2, true", "7.0.0-rc1, true",
        "6.1.0-18-amd64, false", "5.15.0, false", "5.20, false", "6, false", "'', false", "Linux, false"})
    void areLeftToKernelsSince62(String release, boolean cuts) {
        assertThat(NicSocket.cutsDatagrams(release)).isEqualTo(cuts);
    }
}
