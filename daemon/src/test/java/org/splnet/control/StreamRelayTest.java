package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.splnet.kern.Lookout;
import org.splnet.service.FakeStream;
import org.splnet.service.TestClock;
import org.splnet.socket.SockError;
import org.splnet.unix.Credentials;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.unix.Poller;

/// A relay between a connection made of memory and a real descriptor, its poller under the test's control.
@Timeout(60)
class StreamRelayTest {
    private static final int WINDOW = 1 << 20;
    private static final int SEND_BUFFER = 100 << 10;
    private static final int UID = 0;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final Rule RULE = Rule.everything(UID);

    private final Account account = new Account(RULE.name(), RULE.quota(), 0, 0);
    private final Owner owner = new Owner(new Credentials(1, UID, 0, new int[0]), "test", RULE, account);
    private final TestClock clock = new TestClock();
    private final SocketTable table = new SocketTable(clock);
    private FakeStream stream = new FakeStream(WINDOW);
    private Poller poller;
    private StreamRelay relay;
    private int client;

    @BeforeEach
    void open() throws Exception {
        poller = new Poller("relay-test", clock, 0, new Lookout());
    }

    @AfterEach
    void close() throws Exception {
        onPoller(() -> table.all().forEach(table::end));
        poller.close();
        Fd.mine().close(client);
        stream.free();
    }

    private void start() throws Exception {
        int ours = Fd.mine().pair(Fd.STREAM);
        client = Fd.mine().second();
        Fd.mine().adopt(ours);
        Fd.mine().sendBuffer(ours, SEND_BUFFER);
        Fd.mine().adopt(client);
        Lent lent = Lent.stream(1, owner, stream);
        onPoller(() -> {
            table.add(lent);
            long key = poller.watch(ours, events -> { }, RoomWatch.ALWAYS);
            relay = new StreamRelay(poller, PooledByteBufAllocator.DEFAULT, table, lent,
                    new Handover(ours, key, null, null, false), null, 0);
            relay.start();
        });
    }

    private void onPoller(Runnable task) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        poller.execute(() -> {
            try {
                task.run();
                done.complete(null);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        done.get(20, TimeUnit.SECONDS);
    }

    /// What a read says, once it says anything but that there is nothing.
    private int read(ByteBuf to) {
        for (long untilNs = System.nanoTime() + 20_000_000_000L; ; ) {
            assertThat(System.nanoTime() - untilNs).as("nothing to read").isNegative();
            to.clear();
            int n = Fd.mine().read(client, to);
            if (n != -Errno.EAGAIN) {
                return n;
            }
            Thread.onSpinWait();
        }
    }

    /// As when it is taken back by its number in the moment in which it is established.
    @Test
    void oneThatWasAbortedBeforeItBegan() throws Exception {
        stream.abort();
        start();
        for (int i = 0; i < 1000 && !table.all().isEmpty(); i++) {
            onPoller(() -> { });
        }
        assertThat(table.all()).isEmpty();
    }

    @Test
    void whoIsEndedByOthersHasLostNothing() throws Exception {
        start();
        onPoller(() -> table.all().forEach(table::end));
        assertThat(stream.isAborted()).isTrue();
        assertThat(stream.isAbortedUnread()).isFalse();
    }

    /// Room is asked to be told of by the relay's first push, before its client has read anything.
    @Test
    void whatIsThereAtTheStartGoesOnWhenAClientReadsLate() throws Exception {
        int length = 4 << 20;
        for (int i = 0; i < length; i += 1 << 16) {
            stream.clientSends(new byte[1 << 16]);
        }
        stream.clientEnds();
        start();
        ByteBuf to = Unpooled.directBuffer(1 << 16, 1 << 16);
        int read = 0;
        for (int n; (n = read(to)) > 0; ) {
            read += n;
        }
        assertThat(read).isEqualTo(length);
        to.release();
    }

    @Test
    void forAClientThatReadsMuchTheKernelHoldsMore() throws Exception {
        for (int i = 0; i < 8 << 20; i += 1 << 16) {
            stream.clientSends(new byte[1 << 16]);
        }
        start();
        assumeTrue(Fd.mine().enlargeSendBuffer(client, 8 << 20), "CAP_NET_ADMIN");
        onPoller(() -> { });
        int before = drained();
        for (int i = 0; i < 16; i++) {
            drained();
        }
        assertThat(drained()).isGreaterThan(before + before / 3);
        long quarter = account.takes() / 4;
        onPoller(() -> assertThat(account.spare(quarter)).as("it is counted").isFalse());
        drained();
        drained();
        onPoller(() -> table.all().forEach(table::end));
        onPoller(() -> assertThat(account.spare(quarter)).as("and given back").isTrue());
    }

    /// Has the client read all that the kernel holds, and the relay write as much as there is room for then.
    private int drained() throws Exception {
        CountDownLatch goOn = holdsPoller();
        ByteBuf to = Unpooled.directBuffer(1 << 16, 1 << 16);
        int read = 0;
        for (int n; (n = Fd.mine().read(client, to)) > 0; to.clear()) {
            read += n;
        }
        to.release();
        goOn.countDown();
        onPoller(() -> { });
        onPoller(() -> { });
        return read;
    }

    /// The thread that carries segments is told of a reset, and once more when it is told the connection is
    /// over, before the poller has its turn: the client must not see an end whose reason is not there yet.
    @Test
    void theReasonIsThereBeforeTheEnd() throws Exception {
        start();
        endsWithReason(() -> stream.clientResets().clientEnds());
    }

    /// Sending is told of the reset by its name, and receiving finds the end only.
    @Test
    void anErrorToldToTheOtherDirectionIsTheReasonToo() throws Exception {
        start();
        endsWithReason(() -> {
            stream.fails(SockError.ECONNRESET);
            assertThatThrownBy(() -> stream.send(Unpooled.EMPTY_BUFFER)).hasMessageContaining("ECONNRESET");
            stream.clientEnds();
        });
    }

    /// The client closes with octets unread when it was seen to have ended its writing, and before that was
    /// read: the kernel tells of both by one error.
    @Test
    void theEndOfWritingGoesAheadOfAResetBehindIt() throws Exception {
        stream.clientSends("never read");
        start();
        onPoller(() -> {
            Fd.mine().shutdown(client, Fd.SHUT_WR);
            Fd.mine().close(client);
            client = -1;
            relay.ready(Poller.IN | Poller.END);
            assertThat(stream.nothingSent()).as("no FIN").isFalse();
            assertThat(stream.isAborted()).isFalse();
        });
        assertThat(stream.clientTakesAll()).isEmpty();
        for (int i = 0; i < 1000 && !table.all().isEmpty(); i++) {
            onPoller(() -> { });
        }
        assertThat(stream.isAbortedUnread()).isTrue();
    }

    /// The client shuts both halves down, is answered something else in the same round of the poller's, and
    /// closes: of what it has left unread then its FIN knows nothing.
    @Test
    void bothEndsAreSeenBeforeTheCloseBehindThem() throws Exception {
        start();
        onPoller(() -> {
            Fd.mine().shutdown(client, Fd.SHUT_RD);
            Fd.mine().shutdown(client, Fd.SHUT_WR);
            relay.ready(Poller.IN | Poller.END | Poller.HANGUP);
            assertThat(stream.isClosed()).as("before the next is answered").isTrue();
            Fd.mine().close(client);
            client = -1;
        });
        onPoller(() -> { });
        onPoller(() -> { });
        assertThat(stream.isAborted()).isFalse();
        assertThat(table.all()).isEmpty();
    }

    /// As a printer that pauses for paper now and then.
    @Test
    void whatAClientLeavesBehindArrivesAsLongAsItsPeerGoesOnTakingIt() throws Exception {
        stream = new FakeStream(1 << 10);
        start();
        leaves(20 << 10);
        for (int i = 0; i < 20; i++) {
            pass(9);
            assertThat(stream.clientTakes(1 << 10)).hasSize(1 << 10);
        }
        assertThat(stream.clientTakesAll()).isEmpty();
        assertThat(stream.isAborted()).isFalse();
    }

    @Test
    void aPeerThatTakesNothingOfItForTenMinutesIsReset() throws Exception {
        stream = new FakeStream(1 << 10);
        start();
        leaves(20 << 10);
        pass(9);
        stream.clientTakes(1 << 10);
        pass(10);
        assertThat(stream.isAborted()).isFalse();
        pass(1);
        assertThat(stream.isAborted()).isTrue();
        assertThat(table.all()).isEmpty();
    }

    /// The client writes, and goes.
    private void leaves(int octets) throws Exception {
        ByteBuf data = Unpooled.directBuffer(octets, octets).writeZero(octets);
        assertThat(Fd.mine().write(client, data)).isEqualTo(octets);
        data.release();
        Fd.mine().close(client);
        client = -1;
        onPoller(() -> { });
        onPoller(() -> { });
    }

    private void pass(int minutes) throws Exception {
        for (int i = 0; i < minutes; i++) {
            clock.advance(MINUTE);
            onPoller(() -> { });
            onPoller(() -> { });        // behind the alarms of the round before
        }
    }

    /// The poller does nothing until what is returned has been counted down.
    private CountDownLatch holdsPoller() {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        poller.execute(() -> {
            held.countDown();
            awaits(goOn);
        });
        awaits(held);
        return goOn;
    }

    /// What `happens` while the poller is busy shows only when the poller knows why.
    private void endsWithReason(Runnable happens) throws Exception {
        CountDownLatch goOn = holdsPoller();
        happens.run();
        ByteBuf to = Unpooled.directBuffer(1, 1);
        assertThat(Fd.mine().read(client, to)).isEqualTo(-Errno.EAGAIN);
        goOn.countDown();
        assertThat(read(to)).isZero();
        CompletableFuture<SockError> why = new CompletableFuture<>();
        onPoller(() -> why.complete(table.ended(1, owner).error()));
        assertThat(why.get()).isEqualTo(SockError.ECONNRESET);
        to.release();
    }

    private static void awaits(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
