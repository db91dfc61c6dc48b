package org.splnet.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Entropy;
import org.splnet.kern.FaultLog;
import org.splnet.service.SmallServices.Kind;

@ExtendWith(NoLeaks.class)
class StreamServiceTest {
    private static final long IDLE_NS = 40_000_000_000L;

    private final TestClock clock = new TestClock();
    private final CalloutWheel wheel = new CalloutWheel(clock.nanoTime(), () -> { });
    private final FakeListener listener = new FakeListener();
    private final List<FakeStream> streams = new ArrayList<>();
    private SmallServices services;

    private void serve(Kind kind, int connections) throws Exception {
        ServiceContext context = new ServiceContext(listener, null, address -> true, clock, wheel,
                Entropy.seeded(1), ByteBufAllocator.DEFAULT);
        services = SmallServices.open(context, List.of(new SmallServices.Spec(kind, 7, true, false,
                new StreamServer.Limits(connections, IDLE_NS), 1)));
    }

    private FakeStream connect(int window) {
        FakeStream stream = new FakeStream(window);
        streams.add(stream);
        return listener.connects(stream);
    }

    private ServiceStats stats() {
        return services.stats().values().iterator().next();
    }

    @BeforeEach
    void noStreams() {
        streams.clear();
    }

    @AfterEach
    void end() {
        services.close();
        streams.forEach(FakeStream::free);
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.US_ASCII);
    }

    // ---- echo, RFC 862

    @Test
    void echoesInTheThreadThatBringsTheOctets() throws Exception {
        serve(Kind.ECHO, 10);
        FakeStream stream = connect(1000).clientSends("hello");
        assertThat(stream.nothingSent()).isFalse();
        assertThat(text(stream.clientTakes(5))).isEqualTo("hello");
    }

    @Test
    void echoesTheVeryBufferItReceived() throws Exception {
        serve(Kind.ECHO, 10);
        ByteBuf sent = Unpooled.directBuffer(4096).writeZero(4096);
        long address = sent.memoryAddress();
        ByteBuf echoed = connect(10_000).clientSends(sent).clientTakes();
        assertThat(echoed.memoryAddress()).isEqualTo(address);
        echoed.release();
    }

    @Test
    void stopsReceivingWhileTheClientTakesNothing() throws Exception {
        serve(Kind.ECHO, 10);
        FakeStream stream = connect(100);
        for (int i = 0; i < 10; i++) {
            stream.clientSends(new byte[60]);
        }
        // 100 sent, 20 in hand, 480 not received
        assertThat(stream.sendQueued()).isEqualTo(100);
        assertThat(stream.receiveQueued()).isEqualTo(480);
        assertThat(stream.clientTakes(600)).hasSize(600);
    }

    @Test
    void echoesWhatIsLeftAfterAHalfCloseAndThenCloses() throws Exception {
        serve(Kind.ECHO, 10);
        FakeStream stream = connect(4).clientSends("the rest").clientEnds();
        assertThat(stream.isClosed()).isFalse();
        assertThat(stream.clientTakesAll()).isEqualTo("the rest");
        assertThat(stream.isClosed()).isTrue();
        assertThat(stream.isAborted()).isFalse();
        assertThat(stats().open.sum()).isZero();
    }

    @Test
    void freesWhatItHasInHandWhenTheClientResets() throws Exception {
        serve(Kind.ECHO, 10);
        FakeStream stream = connect(4).clientSends("in hand").clientResets();
        assertThat(stream.isClosed()).isTrue();
        assertThat(stats().errors.sum()).isEqualTo(1);
        assertThat(stats().open.sum()).isZero();
    }

    /// Rather than go on with what comes next: the client could not tell that something is missing.
    @Test
    void resetsAStreamOfWhichAPartIsLostForWantOfMemory() throws Exception {
        serve(Kind.ECHO, 10);
        FakeStream stream = connect(100);
        stream.memoryEndsOnce();
        stream.clientSends("lost").clientSends("next");
        assertThat(stream.isAborted()).isTrue();
        assertThat(stream.clientTakesAll()).isEmpty();
        assertThat(stats().errors.sum()).isEqualTo(1);
        assertThat(stats().open.sum()).isZero();
        assertThat(FaultLog.system().total()).isOne();
        FaultLog.system().clear();
    }

    @Test
    void echoesAnythingInAnyPieces() throws Exception {
        long seed = TestSeed.next();
        SplittableRandom random = new SplittableRandom(seed);
        serve(Kind.ECHO, 10);
        FakeStream stream = connect(1 + random.nextInt(5000));
        ByteBuf sent = Unpooled.buffer();
        ByteBuf echoed = Unpooled.buffer();
        for (int round = 0; round < 300; round++) {
            byte[] piece = new byte[1 + random.nextInt(900)];
            random.nextBytes(piece);
            sent.writeBytes(piece);
            stream.clientSends(piece);
            while (!stream.nothingSent() && random.nextInt(3) != 0) {
                ByteBuf part = stream.clientTakes();
                echoed.writeBytes(part);
                part.release();
            }
        }
        byte[] rest = stream.clientTakes(sent.readableBytes() - echoed.readableBytes());
        assertThat(echoed.writeBytes(rest)).as("seed %d", seed).isEqualTo(sent);
        assertThat(stats().octetsOut.sum()).isEqualTo(sent.readableBytes());
        sent.release();
        echoed.release();
    }

    // ---- discard, RFC 863

    @Test
    void discardsAndClosesAfterTheClient() throws Exception {
        serve(Kind.DISCARD, 10);
        FakeStream stream = connect(100).clientSends(new byte[5000]).clientSends(new byte[1]);
        assertThat(stats().octetsIn.sum()).isEqualTo(5001);
        assertThat(stream.nothingSent()).isTrue();
        stream.clientEnds();
        assertThat(stream.isClosed()).isTrue();
        assertThat(stream.clientTakesAll()).isEmpty();
    }

    // ---- chargen, RFC 864

    @Test
    void generatesThePopularPattern() throws Exception {
        serve(Kind.CHARGEN, 10);
        FakeStream stream = connect(10_000);
        String[] lines = text(stream.clientTakes(74 * 200)).split("\r\n");
        StringBuilder ring = new StringBuilder();
        for (char c = ' '; c <= '~'; c++) {
            ring.append(c);
        }
        String twice = ring.toString() + ring;
        for (int i = 0; i < 200; i++) {
            assertThat(lines[i]).isEqualTo(twice.substring(i % 95, i % 95 + 72));
        }
    }

    @Test
    void fillsTheWindowAgainWheneverThereIsRoom() throws Exception {
        serve(Kind.CHARGEN, 10);
        FakeStream stream = connect(1_000_000);
        long taken = 0;
        // far beyond the shared block of a quarter of a mebibyte, where the pattern starts over
        while (taken < 5_000_000) {
            ByteBuf part = stream.clientTakes();
            for (int i = 0; i < part.readableBytes(); i += 997) {
                assertThat(part.getByte(part.readerIndex() + i)).isEqualTo(character(taken + i));
            }
            taken += part.readableBytes();
            part.release();
            assertThat(stream.sendQueued()).isEqualTo(1_000_000);
        }
    }

    private static byte character(long at) {
        long line = at / 74;
        long column = at % 74;
        return (byte) (column < 72 ? ' ' + (line + column) % 95 : column == 72 ? '\r' : '\n');
    }

    @Test
    void chargenThrowsAwayWhatComesIn() throws Exception {
        serve(Kind.CHARGEN, 10);
        FakeStream stream = connect(100).clientSends(new byte[500]);
        assertThat(stream.receiveQueued()).isZero();
        assertThat(stream.isClosed()).isFalse();
        stream.clientEnds();
        assertThat(stream.isClosed()).isTrue();
    }

    // ---- limits

    @Test
    void resetsConnectionsBeyondTheLimit() throws Exception {
        serve(Kind.ECHO, 2);
        connect(10);
        FakeStream second = connect(10);
        FakeStream third = connect(10);
        assertThat(second.isAborted()).isFalse();
        assertThat(third.isAborted()).isTrue();
        assertThat(stats().refused.sum()).isEqualTo(1);
        second.clientEnds();
        assertThat(connect(10).isAborted()).isFalse();
    }

    @Test
    void resetsWhatIsIdleAndLeavesWhatMoves() throws Exception {
        serve(Kind.ECHO, 10);
        FakeStream idle = connect(1000);
        FakeStream busy = connect(1000);
        for (int quarter = 0; quarter < 4; quarter++) {
            assertThat(idle.isAborted()).isFalse();
            busy.clientSends("x");
            wheel.advance(clock.advance(IDLE_NS / 4 + CalloutWheel.TICK_NS));
        }
        wheel.advance(clock.advance(IDLE_NS / 4 + CalloutWheel.TICK_NS));
        assertThat(idle.isAborted()).isTrue();
        assertThat(busy.isAborted()).isFalse();
        assertThat(stats().idleTimeouts.sum()).isEqualTo(1);
    }

    @Test
    void closingResetsEveryConnectionAndAcceptsNoMore() throws Exception {
        serve(Kind.ECHO, 10);
        FakeStream first = connect(1).clientSends("abc");
        services.close();
        assertThat(first.isAborted()).isTrue();
        assertThat(listener.isClosed()).isTrue();
        assertThat(stats().open.sum()).isZero();
    }
}
