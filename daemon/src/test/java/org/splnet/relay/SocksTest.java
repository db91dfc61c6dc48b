package org.splnet.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.service.status.RelayStatus;
import org.splnet.socket.ListenSocket;

/// SOCKS5, octet by octet (RFC 1928, RFC 1929).
@Timeout(60)
@ExtendWith(NoLeaks.class)
class SocksTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String NO_AUTH = "050100";

    private final CountDownLatch slow = new CountDownLatch(1);
    @TempDir
    private Path dir;
    private Ways ways;
    private ListenSocket server;

    @BeforeEach
    void start() throws Exception {
        ways = new Ways(dir, this::lookup);
        server = ways.stack.listen();
    }

    private InetAddress[] lookup(String name) throws UnknownHostException {
        return switch (name) {
            case "four.test" -> new InetAddress[] {InetAddress.getByName("::2"),
                InetAddress.getByName("127.0.0.1")};
            case "six.test" -> new InetAddress[] {InetAddress.getByName("::1")};
            case "slow.test" -> {
                try {
                    slow.await();
                } catch (InterruptedException e) {
                    throw new UnknownHostException(name);
                }
                yield InetAddress.getAllByName("127.0.0.1");
            }
            default -> throw new UnknownHostException(name);
        };
    }

    @AfterEach
    void end() throws Exception {
        slow.countDown();
        server.close();
        ways.close();
        assertThat(ways.stack.tcp.connections()).isZero();
    }

    private RelayStatus open(String listen, String user, String password) throws Exception {
        return ways.relays.open(new SocksConfig(listen, user, password, 100, 20 * Ways.SECOND,
                60 * Ways.SECOND), false);
    }

    private End guest() throws Exception {
        return End.connect(open("tcp://127.0.0.1:0", "", "").listen());
    }

    private String port() {
        return "%04x".formatted(server.local().port());
    }

    private static void say(End end, String hex) throws IOException {
        ByteBuffer octets = ByteBuffer.wrap(HEX.parseHex(hex));
        while (octets.hasRemaining()) {
            end.send(octets);
        }
    }

    private static String hear(End end, int count) throws IOException {
        return HEX.formatHex(end.hear(count).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    private void talks(End guest) throws Exception {
        try (End host = new End.OfStack(LiveStack.accept(server))) {
            guest.say("ping").finish();
            assertThat(host.hear(9)).isEqualTo("ping");
            host.say("pong").finish();
            assertThat(guest.hear(9)).isEqualTo("pong");
        }
    }

    @Test
    void connectsByAddress() throws Exception {
        for (String listen : new String[] {"tcp://127.0.0.1:0", "unix://" + ways.file()}) {
            try (End guest = End.connect(open(listen, "", "").listen())) {
                say(guest, NO_AUTH);
                assertThat(hear(guest, 2)).isEqualTo("0500");
                say(guest, "050100017f000001" + port());
                assertThat(hear(guest, 8)).isEqualTo("050000017f000001");
                assertThat(hear(guest, 2)).isNotEqualTo("0000");
                talks(guest);
            }
        }
    }

    @Test
    void connectsByNameThroughTheHostsResolver() throws Exception {
        try (End guest = guest()) {
            say(guest, NO_AUTH);
            hear(guest, 2);
            say(guest, "0501000309" + HEX.formatHex("four.test".getBytes()) + port());
            assertThat(hear(guest, 8)).isEqualTo("050000017f000001");
            hear(guest, 2);
            talks(guest);
        }
    }

    /// All at once, without waiting for an answer, and octet by octet.
    @ParameterizedTest
    @ValueSource(ints = {1000, 1})
    void takesARequestInAnyPieces(int size) throws Exception {
        try (End guest = guest()) {
            byte[] all = HEX.parseHex(NO_AUTH + "050100017f000001" + port());
            ByteBuffer octets = ByteBuffer.allocate(all.length + 5).put(all).put("early".getBytes()).flip();
            while (octets.hasRemaining()) {
                int at = octets.position();
                ByteBuffer piece = octets.slice(at, Math.min(size, octets.remaining()));
                octets.position(at + piece.remaining());
                guest.send(piece);
            }
            assertThat(hear(guest, 10)).isEqualTo("0500050000017f000001");
            hear(guest, 2);
            try (End host = new End.OfStack(LiveStack.accept(server))) {
                assertThat(host.hear(5)).isEqualTo("early");
                host.say("late");
                assertThat(guest.hear(4)).isEqualTo("late");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"050200017f0000010050, 07, BIND", "050300017f0000010050, 07, UDP ASSOCIATE",
        "05010004000000000000000000000000000000010050, 08, IPv6",
        "050100020a0000010050, 08, a type that is none",
        "0501000308" + "7369782e746573740050, 08, a name with IPv6 only",
        "0501000307" + "6e6f2e746573740050, 04, a name that does not resolve",
        "0501000300" + "0050, 04, an empty name",
        "050100010a0101010050, 03, no route", "05010001e00000010050, 03, multicast"})
    void refusesWithItsCode(String request, String code, String what) throws Exception {
        try (End guest = guest()) {
            say(guest, NO_AUTH);
            hear(guest, 2);
            say(guest, request);
            assertThat(hear(guest, 99)).as(what).startsWith("05" + code + "00");
        }
        assertThat(ways.relays.list().getFirst().resets()).isZero();
    }

    /// Netty's decoder has no word for them.
    @Test
    void aNameThatCannotBeOneIsAnsweredAsOneThatDoesNotResolve() throws Exception {
        for (String name : new String[] {"x".repeat(64), "x".repeat(255), "a.".repeat(127) + "a", "gr\u00fcn",
            "a..b", "\0"}) {
            try (End guest = guest()) {
                say(guest, NO_AUTH);
                hear(guest, 2);
                byte[] octets = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
                say(guest, "05010003%02x".formatted(octets.length) + HEX.formatHex(octets) + port());
                assertThat(hear(guest, 99)).as(name).startsWith("050400");
            }
        }
    }

    @Test
    void saysThatAConnectionWasRefused() throws Exception {
        String port = port();
        server.close();
        try (End guest = guest()) {
            say(guest, NO_AUTH);
            hear(guest, 2);
            say(guest, "050100017f000001" + port);
            assertThat(hear(guest, 99)).startsWith("050500");
        }
        assertThat(ways.relays.list().getFirst().failed()).isEqualTo(1);
    }

    @Test
    void asksForAPasswordWhereThereIsOne() throws Exception {
        String place = open("tcp://127.0.0.1:0", "ann", "s3cret").listen();
        try (End guest = End.connect(place)) {
            say(guest, NO_AUTH);
            assertThat(hear(guest, 9)).isEqualTo("05ff");
        }
        String[] wrong = {"0103616e6e0373336300", "0103616e6e06733363726575", "0103616e6f06733363726574"};
        for (String login : wrong) {
            try (End guest = End.connect(place)) {
                say(guest, "05020002");
                assertThat(hear(guest, 2)).isEqualTo("0502");
                say(guest, login);
                assertThat(hear(guest, 9)).startsWith("01").isNotEqualTo("0100");
            }
        }
        try (End guest = End.connect(place)) {
            say(guest, "05020002");
            hear(guest, 2);
            say(guest, "0103616e6e06733363726574");
            assertThat(hear(guest, 2)).isEqualTo("0100");
            say(guest, "050100017f000001" + port());
            assertThat(hear(guest, 8)).isEqualTo("050000017f000001");
            hear(guest, 2);
            talks(guest);
        }
        assertThat(new SocksConfig(place, "ann", "s3cret", 1, Ways.SECOND, Ways.SECOND).toString())
                .contains("ann").doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0401005000000001", "474554202f20485454502f312e310d0a", "05", "0500", "050100ff"})
    void whoeverSpeaksSomethingElseIsLetGo(String hex) throws Exception {
        try (End guest = guest()) {
            say(guest, hex);
            guest.finish();
            Throwable seen = catchThrowable(() -> {
                while (!guest.hear(1).isEmpty()) {
                    // an answer may come first
                }
            });
            assertThat(seen == null || seen instanceof IOException).isTrue();
        }
        long from = System.nanoTime();
        while (ways.relays.list().getFirst().open() != 0) {
            assertThat(System.nanoTime() - from).isLessThan(LiveStack.PATIENCE_NS);
        }
    }

    @Test
    void whoeverSaysNothingIsLetGo() throws Exception {
        var relay = ways.relays.open(new SocksConfig("tcp://127.0.0.1:0", "", "", 100, Ways.SECOND,
                60 * Ways.SECOND), false);
        try (End guest = End.connect(relay.listen())) {
            assertThatThrownBy(() -> guest.hear(1)).hasMessageContaining("reset");
        }
    }

    @Test
    void aSlowResolverKeepsNobodyElseAndIsGivenUp() throws Exception {
        String place = ways.relays.open(new SocksConfig("tcp://127.0.0.1:0", "", "", 100, 5 * Ways.SECOND,
                60 * Ways.SECOND), false).listen();
        try (End waits = End.connect(place); End guest = End.connect(place)) {
            say(waits, NO_AUTH + "0501000309" + HEX.formatHex("slow.test".getBytes()) + port());
            assertThat(hear(waits, 2)).isEqualTo("0500");
            say(guest, NO_AUTH + "050100017f000001" + port());
            assertThat(hear(guest, 4)).isEqualTo("05000500");
            hear(guest, 8);
            talks(guest);
            assertThat(hear(waits, 99)).as("in time, though without an address").startsWith("050400");
        }
    }

    @Test
    void saysThatNobodyAnswered() throws Exception {
        ways.stack.silence("10.7.0.1/24", "10.7.0.9");
        var relay = ways.relays.open(new SocksConfig("tcp://127.0.0.1:0", "", "", 100, Ways.SECOND,
                60 * Ways.SECOND), false);
        try (End guest = End.connect(relay.listen())) {
            say(guest, NO_AUTH + "050100010a0700090050");
            assertThat(hear(guest, 99)).startsWith("0500" + "050400");
        }
    }

    @Test
    void aPasswordThatCannotBeSaidIsRefused() {
        for (String word : new String[] {"gr\u00fcn", "x".repeat(256)}) {
            assertThatThrownBy(() -> new SocksConfig("tcp://127.0.0.1:0", "ann", word, 1, Ways.SECOND,
                    Ways.SECOND)).hasMessage("password: must be of at most 255 letters, digits and signs of"
                    + " ASCII");
        }
    }

    @Test
    void rubbishOfAnyKindDoesNoHarm() throws Exception {
        Random random = new Random(TestSeed.next());
        String place = open("tcp://127.0.0.1:0", "", "").listen();
        byte[] good = HEX.parseHex(NO_AUTH + "050100017f000001" + port());
        for (int i = 0; i < 300; i++) {
            byte[] bad = good.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            // Ports and addresses that were hit may time out; nobody waits for them.
            try (End guest = End.connect(place)) {
                guest.send(ByteBuffer.wrap(bad, 0, 1 + random.nextInt(bad.length)));
                guest.finish();
            }
        }
        try (ServerSocket free = new ServerSocket(0)) {
            assertThat(free.getLocalPort()).isPositive();
        }
        while (server.queued() > 0) {
            server.accept().close();
        }
        try (End guest = End.connect(place)) {
            say(guest, NO_AUTH);
            assertThat(hear(guest, 2)).isEqualTo("0500");
        }
    }
}
