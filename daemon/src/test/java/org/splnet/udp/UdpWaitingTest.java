package org.splnet.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.udp.UdpBed.HOST;
import static org.splnet.udp.UdpBed.PEER;
import static org.splnet.udp.UdpBed.text;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;

@Timeout(60)
@ExtendWith(NoLeaks.class)
class UdpWaitingTest {
    private final UdpBed bed = new UdpBed();

    @AfterEach
    void close() {
        bed.closeEmpty();
    }

    @Test
    void tellsTheListenerWhenSomethingComesToWhereNothingWas() throws SocketException {
        UdpSocket socket = bed.bind("0.0.0.0:53");
        List<Integer> told = new ArrayList<>();
        socket.listener(told::add);
        assertThat(told).containsExactly(Readiness.WRITABLE);
        bed.arrives(PEER, 1, HOST, 53, "one");
        bed.arrives(PEER, 1, HOST, 53, "two");
        assertThat(told).containsExactly(Readiness.WRITABLE, Readiness.READABLE);
        text(socket);
        text(socket);
        assertThat(text(socket)).isNull();
        bed.arrives(PEER, 1, HOST, 53, "three");
        assertThat(told).hasSize(3);
        socket.close();
        assertThat(told.getLast() & Readiness.HANGUP).isNotZero();
    }

    @Test
    void wakesASleeperForADatagramAndForTheEnd() throws Exception {
        UdpSocket socket = bed.bind("0.0.0.0:53");
        List<String> got = new ArrayList<>();
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                while ((socket.await(Readiness.READABLE, Long.MAX_VALUE) & Readiness.HANGUP) == 0) {
                    for (String text; (text = text(socket)) != null; ) {
                        got.add(text);
                    }
                }
            } catch (SocketException e) {
                assertThat(e.error()).isEqualTo(SockError.ESHUTDOWN);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        bed.arrives(PEER, 1, HOST, 53, "one");
        bed.arrives(PEER, 1, HOST, 53, "two");
        while (socket.receiveQueued() > 0) {
            Thread.onSpinWait();
        }
        socket.close();
        assertThat(reader.join(java.time.Duration.ofSeconds(30))).isTrue();
        assertThat(got).containsExactly("one", "two");
    }

    @Test
    void givesUpWhenTheTimeIsUp() throws Exception {
        UdpSocket socket = bed.bind("0.0.0.0:53");
        assertThat(socket.await(Readiness.READABLE, TimeUnit.MILLISECONDS.toNanos(1))).isZero();
        socket.close();
    }
}
