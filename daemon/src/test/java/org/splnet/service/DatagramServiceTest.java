package org.splnet.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Entropy;
import org.splnet.kern.FaultLog;
import org.splnet.service.SmallServices.Kind;
import org.splnet.wire.Ip4Addr;

@ExtendWith(NoLeaks.class)
class DatagramServiceTest {
    private static final String US = "10.88.0.2";
    private static final String BROADCAST = "10.88.0.255";

    private final TestClock clock = new TestClock();
    private final FakeDatagrams udp = new FakeDatagrams();
    private SmallServices services;

    private void serve(Kind kind, int port, int answersPerSecond) throws Exception {
        CalloutWheel wheel = new CalloutWheel(clock.nanoTime(), () -> { });
        ServiceContext context = new ServiceContext(null, udp, address -> address.equals(Ip4Addr.parse(US)),
                clock,
                wheel, Entropy.seeded(1), ByteBufAllocator.DEFAULT);
        services = SmallServices.open(context, List.of(new SmallServices.Spec(kind, port, false, true,
                new StreamServer.Limits(1, 1_000_000_000L), answersPerSecond)));
    }

    private ServiceStats stats() {
        return services.stats().values().iterator().next();
    }

    @AfterEach
    void end() {
        services.close();
        assertThat(udp.closed()).isTrue();
    }

    @Test
    void echoesFromTheAddressThatWasAsked() throws Exception {
        serve(Kind.ECHO, 7, 1000);
        udp.arrives("10.88.0.1:4000", US + ":7", "hello");
        assertThat(udp.sent()).containsExactly("10.88.0.2 > 10.88.0.1:4000: hello");
        assertThat(stats().answers.sum()).isEqualTo(1);
    }

    @Test
    void echoesTheEmptyDatagram() throws Exception {
        serve(Kind.ECHO, 7, 1000);
        udp.arrives("10.88.0.1:4000", US + ":7", "");
        assertThat(udp.sent()).containsExactly("10.88.0.2 > 10.88.0.1:4000: ");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 9, 13, 17, 19, 37, 1007})
    void answersNothingThatWouldAnswerBack(int sourcePort) throws Exception {
        serve(Kind.ECHO, 1007, 1000);
        udp.arrives("10.88.0.1:" + sourcePort, US + ":1007", "ping");
        assertThat(udp.sent()).isEmpty();
        assertThat(stats().loopsRefused.sum()).isEqualTo(1);
    }

    @Test
    void answersNoBroadcast() throws Exception {
        serve(Kind.ECHO, 7, 1000);
        udp.arrives("10.88.0.1:4000", BROADCAST + ":7", "anybody?");
        assertThat(udp.sent()).isEmpty();
    }

    @Test
    void discardsInSilence() throws Exception {
        serve(Kind.DISCARD, 9, 1);
        udp.arrives("10.88.0.1:4000", US + ":9", "nothing");
        assertThat(udp.sent()).isEmpty();
        assertThat(stats().datagrams.sum()).isEqualTo(1);
    }

    /// RFC 864: a random number of characters, 0 to 512.
    @Test
    void generatesAtMost512Characters() throws Exception {
        serve(Kind.CHARGEN, 19, 1_000_000);
        for (int i = 0; i < 2000; i++) {
            udp.arrives("10.88.0.1:4000", US + ":19", "x");
        }
        List<String> answers = udp.sent().stream().map(each -> each.substring(each.indexOf(": ") + 2))
                .toList();
        assertThat(answers).hasSize(2000).allMatch(each -> each.length() <= 512);
        assertThat(answers.stream().mapToInt(String::length).max().orElseThrow()).isGreaterThan(480);
        assertThat(answers).anyMatch(each -> each.startsWith(" !\"#$%&'()"));
    }

    @Test
    void limitsTheRateOfAnswers() throws Exception {
        serve(Kind.CHARGEN, 19, 8);
        for (int i = 0; i < 20; i++) {
            udp.arrives("10.88.0.1:4000", US + ":19", "x");
        }
        assertThat(udp.sent()).hasSize(2);
        assertThat(stats().rateLimited.sum()).isEqualTo(18);
        clock.advance(1_000_000_000L);
        udp.arrives("10.88.0.1:4000", US + ":19", "x");
        assertThat(udp.sent()).hasSize(3);
    }

    @Test
    void goesOnAfterAnError() throws Exception {
        serve(Kind.ECHO, 7, 1000);
        udp.failsOnce();
        udp.arrives("10.88.0.1:4000", US + ":7", "lost");
        udp.arrives("10.88.0.1:4000", US + ":7", "echoed");
        assertThat(udp.sent()).containsExactly("10.88.0.2 > 10.88.0.1:4000: echoed");
        assertThat(stats().errors.sum()).isEqualTo(1);
    }

    @Test
    void servesThoseThatWaitBehindOneThereWasNoMemoryFor() throws Exception {
        serve(Kind.ECHO, 7, 1000);
        udp.memoryEndsOnce();
        udp.arrives("10.88.0.1:4000", US + ":7", "lost", "echoed", "too");
        udp.arrives("10.88.0.1:4000", US + ":7", "later");
        assertThat(udp.sent()).containsExactly("10.88.0.2 > 10.88.0.1:4000: echoed",
                "10.88.0.2 > 10.88.0.1:4000: too", "10.88.0.2 > 10.88.0.1:4000: later");
        assertThat(stats().errors.sum()).isEqualTo(1);
        assertThat(FaultLog.system().total()).isOne();
        FaultLog.system().clear();
    }

    /// A datagram as text, for people to compare.
    static io.netty.buffer.ByteBuf data(String text) {
        return Unpooled.directBuffer(Math.max(1, text.length()))
                .writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
