package org.splnet.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.net.FakeDevice;
import org.splnet.net.ScarceAllocator;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Ip4Header;

@ExtendWith(NoLeaks.class)
class DatagramCutterTest {
    private static final int AT = ReceiveSlot.FRAME_AT;
    private static final int UDP_LEN = 8;
    private static final int SIZE = 1000;

    private final ScarceAllocator memory = new ScarceAllocator();
    private final PacketPool pool = new PacketPool(memory);

    /// Three datagrams of 1000, 1000 and 500 octets, each of its own octet, as the kernel shows them as one.
    ///
    /// @param tags how many VLAN tags are in front, all of priority only
    private Packet merged(int tags) {
        int l3 = 14 + 4 * tags;
        int len = l3 + Ip4Header.MIN_LEN + UDP_LEN + 2 * SIZE + SIZE / 2;
        ByteBuf buf = pool.allocator().directBuffer(AT + len).writeZero(AT + len);
        for (int i = 0; i < tags; i++) {
            buf.setShort(AT + 12 + 4 * i, 0x8100);
        }
        buf.setShort(AT + l3 - 2, 0x0800);
        new Ip4Header().wrap(buf, AT + l3).begin(Ip4Header.MIN_LEN).totalLength(len - l3).id(7).proto(17)
                .updateChecksum();
        int udp = AT + l3 + Ip4Header.MIN_LEN;
        buf.setShort(udp + 4, len - l3 - Ip4Header.MIN_LEN);
        for (int i = udp + UDP_LEN; i < AT + len; i++) {
            buf.setByte(i, 1 + (i - udp - UDP_LEN) / SIZE);
        }
        Packet frame = pool.wrap(buf, AT, len);
        frame.gsoSize = SIZE;
        return frame;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void cutsBehindWhateverTags(int tags) {
        Packet frame = merged(tags);
        assertThat(DatagramCutter.isMergedDatagrams(frame)).isTrue();
        List<byte[]> all = new ArrayList<>();
        new DatagramCutter().cut(frame, one -> {
            Ip4Header header = new Ip4Header().wrap(one.buf, one.start + 14 + 4 * tags);
            assertThat(header.checksumOk()).isTrue();
            assertThat(header.id()).isEqualTo(7 + all.size());
            assertThat(header.totalLength()).isEqualTo(one.length() - 14 - 4 * tags);
            all.add(FakeDevice.octets(one));
            one.free();
        });
        int head = 14 + 4 * tags + Ip4Header.MIN_LEN + UDP_LEN;
        assertThat(all).extracting(each -> each.length - head).containsExactly(SIZE, SIZE, SIZE / 2);
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i)[head]).isEqualTo((byte) (i + 1));
            assertThat(all.get(i)[all.get(i).length - 1]).isEqualTo((byte) (i + 1));
        }
    }

    @Test
    void whatThereIsNoMemoryForIsLostAlone() {
        Packet frame = merged(0);
        memory.most(Packet.HEADROOM + SIZE);
        List<Integer> lengths = new ArrayList<>();
        new DatagramCutter().cut(frame, one -> {
            lengths.add(one.length() - 14 - Ip4Header.MIN_LEN - UDP_LEN);
            one.free();
        });
        assertThat(lengths).containsExactly(SIZE / 2);
        assertThat(pool.drops().count(DropReason.NO_BUFFERS)).isEqualTo(2);
    }

    @Test
    void tcpIsLeftWhole() {
        Packet frame = merged(1);
        frame.buf.setByte(AT + 18 + 9, 6);
        assertThat(DatagramCutter.isMergedDatagrams(frame)).isFalse();
        frame.free();
    }
}
