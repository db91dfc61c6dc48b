package org.splnet.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.nio.BufferOverflowException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.TestSeed;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

class DhcpCodecTest {
    static final MacAddr MAC = MacAddr.parse("02:00:00:00:00:01");
    private static final byte[] ID = {1, 2, 0, 0, 0, 0, 1};
    private static final int XID = 0x12345678;

    private static ServerMessage ack() {
        return new ServerMessage(MessageType.ACK, XID, MAC).your("10.1.2.3");
    }

    private static ServerMessage good() {
        return ack().lease("10.1.2.1", "255.255.255.0", 3600);
    }

    private static Reply parse(byte[] octets) {
        return Reply.parse(Unpooled.wrappedBuffer(octets), 0, octets.length, MAC, ID);
    }

    private static Reply parse(ServerMessage message) {
        return parse(message.octets());
    }

    @Test
    void readsWhatAServerSays() {
        Reply reply = parse(good().addresses(3, "10.1.2.1", "10.1.2.254").addresses(6, "9.9.9.9", "8.8.8.8")
                .text(15, "example.net").addresses(42, "10.1.2.9").option(26, 5, 120).seconds(58, 1000)
                .seconds(59, 2000));
        assertThat(reply.type()).isEqualTo(MessageType.ACK);
        assertThat(reply.xid()).isEqualTo(XID);
        assertThat(reply.subnet()).hasToString("10.1.2.3/24");
        assertThat(reply.server()).hasToString("10.1.2.1");
        assertThat(new long[] {reply.leaseSeconds(), reply.renewSeconds(), reply.rebindSeconds()})
                .containsExactly(3600, 1000, 2000);
        assertThat(reply.settings().routes()).containsExactly(
                new Settings.Way(Cidr.parse("0.0.0.0/0"), Ip4Addr.parse("10.1.2.1")));
        assertThat(reply.settings().dns()).hasToString("[9.9.9.9, 8.8.8.8]");
        assertThat(reply.settings().ntp()).hasToString("[10.1.2.9]");
        assertThat(reply.settings().domain()).isEqualTo("example.net");
        assertThat(reply.settings().mtu()).isEqualTo(1400);
    }

    /// RFC 3442: routes instead of routers, in the octets of its own example.
    @Test
    void readsClasslessRoutes() {
        Reply reply = parse(good().addresses(3, "10.1.2.1").option(121, 0, 10, 1, 2, 2, 8, 10, 10, 1, 2, 4,
                25, 10, 229, 0, 128, 0, 0, 0, 0, 32, 10, 198, 122, 47, 10, 1, 2, 5));
        assertThat(reply.settings().routes()).hasToString("[Way[to=0.0.0.0/0, via=10.1.2.2],"
                + " Way[to=10.0.0.0/8, via=10.1.2.4], Way[to=10.229.0.128/25, via=0.0.0.0],"
                + " Way[to=10.198.122.47/32, via=10.1.2.5]]");
    }

    @ParameterizedTest
    @CsvSource({"33 10 1 2 3 4 10 1 2 1", "24 10 1 2 10 1 2", "0 10 1 2"})
    void brokenClasslessRoutesLeaveTheRouters(String octets) {
        int[] option = Arrays.stream(octets.split(" ")).mapToInt(Integer::parseInt).toArray();
        assertThat(parse(good().addresses(3, "10.1.2.9").option(121, option)).settings().routes())
                .hasToString("[Way[to=0.0.0.0/0, via=10.1.2.9]]");
    }

    /// RFC 3396 §7: an option that is cut is one option.
    @Test
    void putsLongOptionsTogether() {
        Reply reply = parse(good().option(6, 9, 9).text(15, "exam").option(6, 9, 9, 8, 8).text(15, "ple")
                .option(6, 8, 8));
        assertThat(reply.settings().dns()).hasToString("[9.9.9.9, 8.8.8.8]");
        assertThat(reply.settings().domain()).isEqualTo("example");
    }

    /// RFC 2131 §4.1: options, file, sname, in this order.
    @Test
    void readsOverloadedFields() {
        Reply reply = parse(good().option(52, 3).option(6, 9, 9).field(108, 6, 2, 9, 9, 255)
                .field(44, 6, 4, 8, 8, 8, 8, 15, 2, 'a', 'b', 255));
        assertThat(reply.settings().dns()).hasToString("[9.9.9.9, 8.8.8.8]");
        assertThat(reply.settings().domain()).isEqualTo("ab");
        assertThat(parse(good().option(6, 9, 9, 9, 9).field(108, 6, 4, 8, 8, 8, 8)).settings().dns())
                .as("not overloaded").hasToString("[9.9.9.9]");
        assertThat(parse(good().option(52, 1).field(108, 6, 200))).as("beyond its field").isNull();
    }

    @Test
    void refusesWhatIsNotForUs() {
        assertThat(parse(good())).isNotNull();
        assertThat(parse(new ServerMessage(MessageType.ACK, XID, MacAddr.parse("02:00:00:00:00:02"))
                .your("10.1.2.3").lease("10.1.2.1", "255.255.255.0", 3600))).isNull();
        assertThat(parse(good().option(61, 1, 2, 0, 0, 0, 0, 1))).as("RFC 6842").isNotNull();
        assertThat(parse(good().option(61, 1, 2, 0, 0, 0, 0, 2))).as("RFC 6842").isNull();
        assertThat(parse(new ServerMessage(MessageType.DISCOVER, XID, MAC).your("10.1.2.3")
                .lease("10.1.2.1", "255.255.255.0", 3600))).isNull();
        byte[] request = good().octets();
        request[0] = 1;
        assertThat(parse(request)).isNull();
        byte[] noCookie = good().octets();
        noCookie[236]++;
        assertThat(parse(noCookie)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0", "127.0.0.1", "224.0.0.5", "255.255.255.255", "240.0.0.1", "10.1.2.0",
        "10.1.2.255"})
    void refusesAddressesThatNoHostHas(String address) {
        assertThat(parse(new ServerMessage(MessageType.ACK, XID, MAC).your(address)
                .lease("10.1.2.1", "255.255.255.0", 3600))).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0", "9"})
    void refusesLeasesOfNoTime(long seconds) {
        assertThat(parse(ack().lease("10.1.2.1", "255.255.255.0", seconds))).isNull();
        assertThat(parse(ack().lease("10.1.2.1", "255.255.255.0", 10))).isNotNull();
        assertThat(parse(ack().lease("10.1.2.1", "255.255.255.0", 0xffff_ffffL)).leaseSeconds())
                .isEqualTo(Reply.FOREVER);
    }

    /// What makes no sense costs the option and not the lease.
    @Test
    void passesOverOptionsThatMakeNoSense() {
        Reply reply = parse(ack().addresses(54, "10.1.2.1").seconds(51, 3600).option(1, 255, 0, 255, 0)
                .option(6, 9, 9, 9).option(26, 0, 68).text(15, "\u001b[31mred").option(42)
                .addresses(3, "224.0.0.1").option(58, 1).option(150, 1, 2, 3));
        assertThat(reply.settings()).isEqualTo(new Settings(8, java.util.List.of(), 0, java.util.List.of(),
                null, java.util.List.of()));
        assertThat(reply.renewSeconds()).isEqualTo(-1);
    }

    /// By a pattern with an end it took time by the square of the octets, on the NIC's thread.
    @Test
    @Timeout(5)
    void zerosBehindADomainAreNoneOfIt() {
        assertThat(parse(good().option(15, 'a', 'b', 0, 0)).settings().domain()).isEqualTo("ab");
        assertThat(parse(good().option(15, 0, 0)).settings().domain()).isNull();
        ServerMessage zeros = good();
        for (int i = 0; i < 250; i++) {
            zeros.option(15, new int[255]);
        }
        byte[] octets = zeros.option(15, 'x').octets();
        for (int i = 0; i < 50; i++) {
            assertThat(parse(octets).settings().domain()).isNull();
        }
    }

    @Test
    void boundsWhatItTakes() {
        int[] routes = new int[250];
        for (int i = 0; i < 50; i++) {
            routes[5 * i] = 0;
            System.arraycopy(new int[] {10, 1, i, 1}, 0, routes, 5 * i + 1, 4);
        }
        var message = good().option(121, routes).option(121, Arrays.stream(routes).map(o -> o == 1 ? 2 : o)
                .toArray());
        assertThat(parse(message).settings().routes()).hasSize(64);
        String[] many = new String[60];
        Arrays.setAll(many, i -> "10.1.3." + (i + 1));
        assertThat(parse(good().addresses(6, many)).settings().dns()).hasSize(8);
    }

    @Test
    void writesWhatItReads() {
        byte[] pieces = new byte[260];
        Arrays.fill(pieces, (byte) 7);
        byte[] octets = new DhcpWriter(MessageType.REQUEST, XID, 77, true, Ip4Addr.parse("10.1.2.3"), MAC)
                .option(61, ID).address(50, Ip4Addr.parse("10.1.2.4")).address(54, null).number(57, 1500)
                .text(12, "me").option(43, pieces).octets();
        var view = new DhcpMessage().wrap(Unpooled.wrappedBuffer(octets), 0, octets.length);
        assertThat(view.fits()).isTrue();
        assertThat(view.op()).isEqualTo(1);
        assertThat(view.hlen()).isEqualTo(6);
        assertThat(view.xid()).isEqualTo(XID);
        assertThat(HexFormat.of().formatHex(octets, 0, 16)).as("kind of hardware, seconds, flags, address")
                .isEqualTo("01010600" + "12345678" + "004d8000" + "0a010203");
        assertThat(view.chaddr()).isEqualTo(MAC.bits());
        assertThat(view.option(53)).containsExactly(3);
        assertThat(view.option(61)).isEqualTo(ID);
        assertThat(view.option(50)).containsExactly(10, 1, 2, 4);
        assertThat(view.option(54)).isNull();
        assertThat(view.option(43)).as("RFC 3396").isEqualTo(pieces);
        assertThat(new DhcpWriter(MessageType.RELEASE, 1, 0, false, Ip4Addr.ANY, MAC).octets())
                .as("what old relays want").hasSize(300);
        assertThatThrownBy(() -> new DhcpWriter(MessageType.REQUEST, 1, 0, false, Ip4Addr.ANY, MAC)
                .option(43, new byte[400])).isInstanceOf(BufferOverflowException.class);
    }

    @Test
    void anythingMayCome() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        byte[] model = good().option(52, 3).addresses(6, "9.9.9.9").option(121, 0, 10, 1, 2, 2)
                .field(108, 6, 4, 8, 8, 8, 8, 255).field(44, 15, 2, 'a', 'b', 255).octets();
        int taken = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] octets = Arrays.copyOf(model, random.nextInt(8) == 0 ? random.nextInt(model.length + 20)
                    : model.length);
            for (int n = random.nextInt(6); n > 0 && octets.length > 0; n--) {
                int at = random.nextBoolean() ? random.nextInt(octets.length)
                        : Math.min(octets.length - 1, 236 + random.nextInt(60));
                octets[at] = (byte) random.nextInt();
            }
            int before = random.nextInt(3);
            byte[] framed = new byte[before + octets.length];
            System.arraycopy(octets, 0, framed, before, octets.length);
            Reply reply = Reply.parse(Unpooled.wrappedBuffer(framed), before, octets.length, MAC, ID);
            if (reply != null) {
                taken++;
                assertThat(reply.settings().prefix()).as("seed %d", seed).isBetween(1, 32);
                assertThat(reply.settings().dns().size()).as("seed %d", seed).isLessThanOrEqualTo(8);
                assertThat(reply.type() == MessageType.NAK || Ip4Addr.isHost(reply.address().bits()))
                        .as("seed %d", seed).isTrue();
            }
        }
        assertThat(taken).as("some got through, seed %d", seed).isPositive();
    }
}
