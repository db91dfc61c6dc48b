package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;

/// Buffers that adapt, over links on which it matters; whole transfers on a virtual clock.
@ExtendWith(NoLeaks.class)
class AutotuneTest {
    private static final SocketOptions AUTO = SocketOptions.DEFAULTS;
    private static final SocketOptions LARGE = AUTO.withBuffers(4 << 20, 4 << 20);
    /// 100 Mbit/s over 100 ms, with a queue of one bandwidth-delay product.
    private static final Transfer.Link LONG = new Transfer.Link(100_000_000, ms(50), 1_250_000);
    private static final Transfer.Link FAST = new Transfer.Link(1_000_000_000, 100_000, 1_000_000);
    /// 10 Gbit/s over 50 µs, with a queue that holds whatever comes.
    private static final Transfer.Link ROOM = new Transfer.Link(10_000_000_000L, 25_000, 64 << 20);
    private static final Transfer.Link SLOW = new Transfer.Link(2_000_000, ms(50), 100_000);

    private static long carried(Transfer.Link link, TcpConfig cfg, SocketOptions options, long ns)
            throws SocketException {
        try (Transfer transfer = new Transfer(link, cfg, options, options)) {
            return transfer.run(ns);
        }
    }

    @Test
    void aLongFatPathIsFilledAsByLargeBuffers() throws SocketException {
        for (boolean timestamps : new boolean[] {true, false}) {
            TcpConfig cfg = Knobs.with("timestamps", timestamps);
            long large = carried(LONG, cfg, LARGE, s(10));
            assertThat(carried(LONG, cfg, AUTO, s(10))).as("timestamps %s", timestamps)
                    .isGreaterThan(large * 9 / 10).isGreaterThan(100_000_000);
        }
    }

    @Test
    void aShortPathIsFilledToo() throws SocketException {
        for (boolean timestamps : new boolean[] {true, false}) {
            long octets = carried(FAST, Knobs.with("timestamps", timestamps), AUTO, s(1));
            assertThat(octets).as("timestamps %s", timestamps).isGreaterThan(115_000_000);
        }
    }

    @Test
    void aQueueThatOurWindowHasMadeDoesNotMakeItLarger() throws SocketException {
        for (boolean timestamps : new boolean[] {true, false}) {
            try (Transfer transfer = new Transfer(ROOM, Knobs.with("timestamps", timestamps), AUTO, AUTO)) {
                transfer.run(ms(100));
                assertThat(transfer.run(ms(400))).as("timestamps %s", timestamps).isGreaterThan(450_000_000);
                assertThat(transfer.receiverReport().waits().receiveBuffer()).as("timestamps %s", timestamps)
                        .isLessThan(2 << 20);
            }
        }
    }

    @Test
    void aSlowConnectionKeepsLittle() throws SocketException {
        try (Transfer transfer = new Transfer(SLOW, TcpConfig.DEFAULTS, AUTO, AUTO)) {
            assertThat(transfer.run(s(20))).isGreaterThan(4_000_000);
            assertThat(transfer.mostSendQueued).isLessThan(1 << 19);
            assertThat(transfer.receiverReport().waits().receiveBuffer()).isLessThan(1 << 20);
        }
    }

    @Test
    void aSlowReaderGetsNoMoreThanItBeganWith() throws SocketException {
        try (Transfer transfer = new Transfer(FAST, TcpConfig.DEFAULTS, AUTO, AUTO)) {
            transfer.readRate = 1_000_000;
            assertThat(transfer.run(s(10))).isBetween(9_800_000L, 10_000_000L);
            TcpReport receiver = transfer.receiverReport();
            assertThat(receiver.waits().receiveBuffer()).isEqualTo(128 << 10);
            assertThat(transfer.mostReceiveQueued).isLessThanOrEqualTo(128 << 10);
            assertThat(receiver.waits().unreadNs()).isGreaterThan(s(5));
            assertThat(transfer.report().waits().spentNs().get("receive-window")).isGreaterThan(s(9));
        }
    }

    @Test
    void aReaderThatWakesUpGetsMore() throws SocketException {
        for (boolean timestamps : new boolean[] {true, false}) {
            try (Transfer transfer = new Transfer(LONG, Knobs.with("timestamps", timestamps), AUTO, AUTO)) {
                transfer.readRate = 100_000;
                transfer.run(s(5));
                assertThat(transfer.receiverReport().waits().receiveBuffer()).isEqualTo(128 << 10);
                transfer.readRate = 0;
                transfer.run(s(5));
                assertThat(transfer.receiverReport().waits().receiveBuffer())
                        .as("timestamps %s", timestamps).isGreaterThan(2_000_000);
                assertThat(transfer.run(s(1))).isGreaterThan(11_000_000);
            }
        }
    }

    @Test
    void whatIsAskedForStays() throws SocketException {
        try (Transfer transfer = new Transfer(LONG, TcpConfig.DEFAULTS, AUTO.withBuffers(200_000, 300_000),
                AUTO.withBuffers(200_000, 300_000))) {
            transfer.run(s(5));
            assertThat(transfer.report().waits().sendBuffer()).isEqualTo(200_000);
            assertThat(transfer.receiverReport().waits().receiveBuffer()).isEqualTo(300_000);
            assertThat(transfer.mostSendQueued).isEqualTo(200_000);
            assertThat(transfer.report().waits().spentNs().get("send-buffer")).isGreaterThan(s(3));
        }
    }

    @Test
    void theMaximumHolds() throws SocketException {
        TcpConfig cfg = Knobs.with("receiveBufferMax", 500_000, "sendBufferMax", 600_000);
        try (Transfer transfer = new Transfer(LONG, cfg, AUTO, AUTO)) {
            transfer.run(s(5));
            assertThat(transfer.report().waits().sendBuffer()).isEqualTo(600_000);
            assertThat(transfer.receiverReport().waits().receiveBuffer()).isEqualTo(500_000);
        }
    }

    @Test
    void littleWaitsToBeSentIfThatIsAskedFor() throws SocketException {       // TCP_NOTSENT_LOWAT
        SocketOptions eager = AUTO.withNotSentLowat(64 << 10);
        try (Transfer transfer = new Transfer(LONG, TcpConfig.DEFAULTS, eager, AUTO)) {
            long before = 0;
            for (int i = 0; i < 50; i++) {
                before += transfer.run(ms(200));
                int waiting = transfer.sender.sendQueued() - ((TcpSocket) transfer.sender).tcb.flight();
                assertThat(waiting).isLessThanOrEqualTo(64 << 10);
            }
            assertThat(before).isGreaterThan(carried(LONG, TcpConfig.DEFAULTS, AUTO, s(10)) * 9 / 10);
        }
    }
}
