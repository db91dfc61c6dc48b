package org.splnet.pkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;

/// What a thread that carries packets finds again of those it has freed; that it gives all of it back at the
/// end is what [NoLeaks] looks at.
@ExtendWith(NoLeaks.class)
class PacketPoolTest {
    private static final int ACK = 32;

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);

    @BeforeEach
    void begin() {
        pool.beginHere();
    }

    @AfterEach
    void end() {
        pool.endHere();
    }

    @Test
    void whatWasFreedLastComesFirst() {
        Packet first = pool.allocate(ACK);
        Packet second = pool.allocate(ACK);
        ByteBuf buf = second.buf;
        first.free();
        second.free();
        Packet again = pool.allocate(ACK);
        assertThat(again).isSameAs(second);
        assertThat(again.buf).isSameAs(buf);
        again.free();
    }

    /// Whatever the one before has left in it.
    @Test
    void whatComesBackIsAsNew() {
        Packet packet = pool.allocate(ACK);
        packet.append(ACK);
        packet.prepend(20);
        packet.flags = Packet.CHECKSUM_PARTIAL;
        packet.gsoSize = 1448;
        packet.buf.setIndex(3, 7);
        packet.addPiece(packet.buf, 0, 1);
        packet.free();
        Packet again = pool.allocate(ACK);
        assertThat(again.start).isEqualTo(Packet.HEADROOM).isEqualTo(again.end);
        assertThat(again.length()).isZero();
        assertThat(again.flags | again.gsoSize | again.pieces()).isZero();
        assertThat(again.buf.readerIndex() + again.buf.writerIndex()).isZero();
        assertThat(again.buf.refCnt()).isOne();
        again.free();
    }

    @Test
    void aBufferThatSomebodyElseStillHasIsNotUsedAgain() {
        Packet packet = pool.allocate(ACK);
        ByteBuf kept = packet.buf.retain();
        packet.free();
        Packet next = pool.allocate(ACK);
        assertThat(next.buf).isNotSameAs(kept);
        next.free();
        assertThat(kept.refCnt()).isOne();
        kept.release();
    }

    /// A driver that sends in batches gives it back behind the packet.
    @Test
    void whatIsGivenBackLaterIsUsedAgain() {
        Packet packet = pool.allocate(ACK);
        ByteBuf late = packet.buf.retain();
        packet.free();
        PacketPool.giveBack(late);
        Packet next = pool.allocate(ACK);
        assertThat(next.buf).isSameAs(late);
        next.free();
    }

    /// However its thread ends.
    @Test
    void whatAThreadHasKeptGoesWithIt() throws InterruptedException {
        var kept = new ByteBuf[1];
        Thread carrier = new FastThreadLocalThread(() -> {
            pool.beginHere();
            Packet packet = pool.allocate(ACK);
            kept[0] = packet.buf;
            packet.free();
        });
        carrier.start();
        carrier.join();
        assertThat(kept[0].refCnt()).isZero();
    }

    @Test
    void aBufferOfAnotherSizeGoesBackAtOnce() {
        Packet large = pool.allocate(4000);
        ByteBuf buf = large.buf;
        Packet grown = pool.allocate(ACK);
        grown.append(4000);
        ByteBuf longer = grown.buf;
        large.free();
        grown.free();
        assertThat(buf.refCnt()).isZero();
        assertThat(longer.refCnt()).isZero();
    }

    /// Frames that another thread was slow to take come back all together.
    @Test
    void noMoreIsKeptThanABurst() {
        List<Packet> burst = new ArrayList<>();
        List<ByteBuf> heads = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Packet packet = pool.allocate(ACK);
            burst.add(packet);
            heads.add(packet.buf);
        }
        burst.forEach(Packet::free);
        assertThat(heads.stream().filter(head -> head.refCnt() > 0)).hasSize(64);
        pool.endHere();
        assertThat(heads).allMatch(head -> head.refCnt() == 0);
    }

    @Test
    void whoDoesNotSayThatItCarriesPacketsKeepsNone() {
        pool.endHere();
        Packet packet = pool.allocate(ACK);
        ByteBuf buf = packet.buf;
        packet.free();
        assertThat(buf.refCnt()).isZero();
    }

    /// Else two would own it.
    @Test
    void nothingIsFreedTwice() {
        Packet packet = pool.allocate(ACK);
        packet.free();
        assertThatIllegalStateException().isThrownBy(packet::free);
        Packet one = pool.allocate(ACK);
        Packet other = pool.allocate(ACK);
        assertThat(one).isNotSameAs(other);
        one.free();
        other.free();
    }
}
