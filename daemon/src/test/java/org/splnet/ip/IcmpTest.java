package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.inet.NetworkError;
import org.splnet.kern.FaultLog;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.Icmp4Header;
import org.splnet.wire.InetAddr;

/// RFC 792, RFC 1122 §3.2.2: echo, errors in and errors out.
@ExtendWith(NoLeaks.class)
class IcmpTest {
    private IpBed bed = new IpBed();

    @AfterEach
    void close() {
        bed.close();
    }

    private void use(IpConfig config) {
        bed.close();
        bed = new IpBed(config);
    }

    private static Ip4 echo(byte[] data) {
        return Ip4.udp().icmp(Icmp4Header.ECHO, 0, 0x1234_0007, data);
    }

    @Test
    void answersAnEcho() {
        bed.in(echo(Ip4.data(56)).tos(0x28));
        Ip4 reply = bed.nic0.next();
        assertThat(reply.src).isEqualTo(Ip4.bits("10.0.0.1"));
        assertThat(reply.dst).isEqualTo(Ip4.bits("10.0.0.2"));
        assertThat(reply.ttl).isEqualTo(64);
        assertThat(reply.tos).isEqualTo(0x28);
        assertThat(reply.icmpType()).isEqualTo(Icmp4Header.ECHO_REPLY);
        assertThat(reply.icmpRest()).isEqualTo(0x1234_0007);
        assertThat(reply.icmpData()).isEqualTo(Ip4.data(56));
        assertThat(reply.icmpChecksumOk()).isTrue();
        assertThat(bed.ip.stats().icmpIn(Icmp4Header.ECHO)).isEqualTo(1);
        assertThat(bed.ip.stats().icmpOut(Icmp4Header.ECHO_REPLY)).isEqualTo(1);
    }

    /// Of which the reply has no octet that is not zero, but its checksum.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 56})
    void answersAnEchoOfZeros(int len) {
        bed.in(Ip4.udp().icmp(Icmp4Header.ECHO, 0, 0, new byte[len]));
        assertThat(bed.nic0.next().icmpChecksumOk()).isTrue();
    }

    @Test
    void answersALargeOneInFragments() {
        byte[] data = Ip4.data(10_000);
        byte[] message = echo(data).payload;
        for (int at = 0; at < message.length; at += 1480) {
            int to = Math.min(message.length, at + 1480);
            Ip4 fragment = Ip4.udp().proto(1).payload(Arrays.copyOfRange(message, at, to));
            bed.in(fragment.fragment(at, to < message.length));
        }
        int got = 0;
        for (Ip4 each; (each = bed.nic0.next()) != null; ) {
            assertThat(each.offset).isEqualTo(got);
            got += each.payload.length;
        }
        assertThat(got).isEqualTo(message.length);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.255, 0", "255.255.255.255, 0", "224.0.0.1, 0"})
    void doesNotAnswerWhatWentToMany(String dst) {                      // §3.2.2.6
        bed.in(Ip4.from("10.0.0.2", dst).icmp(Icmp4Header.ECHO, 0, 1, Ip4.data(8)));
        assertThat(bed.nic0.next()).isNull();
        assertThat(bed.drops(DropReason.ICMP_BROADCAST_ECHO)).isEqualTo(1);
    }

    @Test
    void dropsAWrongChecksumAndWhatIsTooShort() {
        Ip4 wrong = echo(Ip4.data(8));
        wrong.payload[9] ^= 1;
        bed.in(wrong);
        assertThat(bed.drops(DropReason.ICMP_BAD_CHECKSUM)).isEqualTo(1);
        bed.in(Ip4.udp().proto(1).payload(new byte[7]));
        assertThat(bed.drops(DropReason.ICMP_TRUNCATED)).isEqualTo(1);
        assertThat(bed.nic0.next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {Icmp4Header.SOURCE_QUENCH, Icmp4Header.TIMESTAMP, Icmp4Header.ADDRESS_MASK,
        Icmp4Header.INFORMATION, Icmp4Header.REDIRECT, Icmp4Header.ROUTER_ADVERTISEMENT, 44, 255})
    @Shows("MUST-55")
    void ignoresTheRest(int type) {
        bed.in(Ip4.udp().icmp(type, 0, 0, Ip4.udp().octets()));
        assertThat(bed.drops(DropReason.ICMP_IGNORED)).isEqualTo(1);
        assertThat(bed.nic0.next()).isNull();
        assertThat(bed.udp.errors).isEmpty();
    }

    /// What a transport is told (RFC 1122 §4.2.3.9).
    @ParameterizedTest
    @CsvSource({"3, 0, UNREACHABLE", "3, 1, UNREACHABLE", "3, 2, PROTOCOL_UNREACHABLE",
        "3, 3, PORT_UNREACHABLE", "3, 5, UNREACHABLE", "3, 9, PROHIBITED", "3, 10, PROHIBITED",
        "3, 12, UNREACHABLE", "3, 13, PROHIBITED", "11, 0, TIME_EXCEEDED", "11, 1, TIME_EXCEEDED",
        "12, 0, PARAMETER_PROBLEM", "12, 2, PARAMETER_PROBLEM"})
    void tellsTheTransport(int type, int code, NetworkError.Kind kind) {
        byte[] ours = Ip4.from("10.0.0.1", "192.0.2.9").payload(Ip4.data(20)).octets();
        bed.in(Ip4.from("10.0.0.254", "10.0.0.1").icmp(type, code, 0, ours));
        Recorder.Error error = bed.udp.errors.remove();
        assertThat(error.kind()).isEqualTo(kind);
        assertThat(error.local()).isEqualTo(IpBed.HOST);
        assertThat(error.remote()).isEqualTo(InetAddr.parse("192.0.2.9"));
        assertThat(error.quoted()).isEqualTo(Ip4.data(20));
        assertThat(bed.drops(DropReason.ICMP_CONSUMED)).isEqualTo(1);
        assertThat(bed.count(IpStats.Counter.ERRORS_IN)).isEqualTo(1);
    }

    @Test
    void anErrorAboutWhatNobodyHasSentIsOneDropAndNoError() {
        bed.udp.owner = false;
        byte[] ours = Ip4.from("10.0.0.1", "192.0.2.9").payload(Ip4.data(20)).octets();
        bed.in(Ip4.from("10.0.0.254", "10.0.0.1").icmp(Icmp4Header.UNREACHABLE, 3, 0, ours));
        assertThat(bed.udp.errors).hasSize(1);
        assertThat(bed.drops(DropReason.ICMP_NO_ENDPOINT)).isEqualTo(1);
        assertThat(bed.allDrops()).isEqualTo(1);
        assertThat(bed.count(IpStats.Counter.ERRORS_IN)).isZero();
    }

    /// RFC 1191 §4, §5, §7.1; nonsense is not passed on (RFC 5927 §7.2).
    @ParameterizedTest
    @CsvSource({"1300, 1500, 1300", "0, 1500, 1492", "0, 1492, 1006", "0, 600, 508", "0, 68, -1",
        "1500, 1500, -1", "1501, 1500, -1", "67, 1500, -1", "68, 1500, 68"})
    void passesOnWhatWouldFit(int said, int length, int mtu) {
        byte[] ours = Ip4.from("10.0.0.1", "192.0.2.9").df().payload(Ip4.data(length - 20)).octets();
        bed.in(Ip4.from("10.0.0.254", "10.0.0.1").icmp(Icmp4Header.UNREACHABLE,
                Icmp4Header.FRAGMENTATION_NEEDED, said, Arrays.copyOf(ours, 28)));
        if (mtu < 0) {
            assertThat(bed.udp.errors).isEmpty();
        } else {
            Recorder.Error error = bed.udp.errors.remove();
            assertThat(error.kind()).isEqualTo(NetworkError.Kind.TOO_BIG);
            assertThat(error.mtu()).isEqualTo(mtu);
        }
    }

    @Test
    void doesNotBelieveErrorsAboutWhatIsNotOurs() {
        Ip4[] quotes = {Ip4.from("10.0.0.7", "192.0.2.9"), Ip4.from("192.168.7.1", "192.0.2.9"),
            Ip4.from("10.0.0.1", "192.0.2.9").fragment(8, false),
            Ip4.from("10.0.0.1", "192.0.2.9").proto(99)};
        for (Ip4 quote : quotes) {
            bed.in(Ip4.from("10.0.0.254", "10.0.0.1").icmp(3, 1, 0, quote.octets()));
        }
        assertThat(bed.drops(DropReason.ICMP_NO_ENDPOINT)).isEqualTo(quotes.length);
        byte[] ours = Ip4.from("10.0.0.1", "192.0.2.9").octets();
        for (int len = 0; len < 28; len++) {
            bed.in(Ip4.from("10.0.0.254", "10.0.0.1").icmp(3, 1, 0, Arrays.copyOf(ours, len)));
        }
        assertThat(bed.drops(DropReason.ICMP_TRUNCATED)).isEqualTo(28);
        bed.in(Ip4.from("10.0.0.254", "10.0.0.255").icmp(3, 1, 0, ours));
        assertThat(bed.udp.errors).isEmpty();
    }

    @Test
    void saysThatNobodyListens() {
        byte[] sent = Ip4.udp().payload(Ip4.data(1000)).octets();
        Packet packet = bed.received(sent, bed.eth0.index(), 0);
        bed.udp.peek = up -> bed.ip.portUnreachable(up, bed.nowNs);
        packet.free();
        bed.in(sent, bed.eth0, 0);
        Ip4 said = bed.nic0.next();
        assertThat(said.icmpType()).isEqualTo(Icmp4Header.UNREACHABLE);
        assertThat(said.icmpCode()).isEqualTo(Icmp4Header.PORT_UNREACHABLE);
        assertThat(said.icmpData()).as("RFC 1812 §4.3.2.3").isEqualTo(Arrays.copyOf(sent, 548));
        assertThat(said.src).isEqualTo(Ip4.bits("10.0.0.1"));
        assertThat(said.icmpChecksumOk()).isTrue();
    }

    /// RFC 1122 §3.2.2: never in answer to these.
    @Test
    void answersNoErrorWithAnErrorNorWhatWentToMany() {
        bed.udp.peek = up -> bed.ip.portUnreachable(up, bed.nowNs);
        bed.in(Ip4.from("10.0.0.2", "10.0.0.255"));
        bed.in(Ip4.from("10.0.0.2", "255.255.255.255"));
        bed.in(Ip4.from("10.0.0.2", "224.0.0.1"));
        bed.in(Ip4.udp(), bed.eth0, Packet.LINK_BROADCAST);
        Ip4 error = Ip4.udp().icmp(3, 3, 0, Ip4.from("10.0.0.1", "10.0.0.2").octets()).options("99000000");
        bed.in(error);
        assertThat(bed.drops(DropReason.IP_BAD_OPTIONS)).isEqualTo(1);
        assertThat(bed.nic0.next()).isNull();
    }

    @Test
    void errorsAndRepliesAreLimitedInRate() {
        use(Configs.rates(100, 50, 10, 10));
        bed.udp.peek = up -> bed.ip.portUnreachable(up, bed.nowNs);
        for (int i = 0; i < 1000; i++) {
            bed.in(echo(Ip4.data(8)));
            bed.in(Ip4.udp());
        }
        assertThat(bed.ip.stats().icmpOut(Icmp4Header.ECHO_REPLY)).isEqualTo(10);
        assertThat(bed.ip.stats().icmpOut(Icmp4Header.UNREACHABLE)).isBetween(1L, 5L);
        assertThat(bed.drops(DropReason.ICMP_RATE_LIMITED)).as("echo requests").isEqualTo(990);
        assertThat(bed.count(IpStats.Counter.ERRORS_SUPPRESSED)).isBetween(995L, 999L);
        bed.pass(IpBed.SECOND);
        bed.in(echo(Ip4.data(8)));
        assertThat(bed.ip.stats().icmpOut(Icmp4Header.ECHO_REPLY)).isEqualTo(11);
    }

    @Test
    void aRateOfNothingIsSilence() {
        use(Configs.rates(0, 0, 0, 0));
        bed.udp.peek = up -> bed.ip.portUnreachable(up, bed.nowNs);
        bed.in(echo(Ip4.data(8)));
        bed.in(Ip4.udp());
        assertThat(bed.nic0.next()).isNull();
    }

    private static List<Throwable> faults() {
        return List.of(new IllegalStateException("on purpose"), new AssertionError("on purpose"),
                new OutOfMemoryError("on purpose"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aTransportThatFaultsWhenItIsToldOfOneKeepsNeitherItNorOthers(Throwable fault) {
        bed.udp.onError = () -> {
            if (fault instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) fault;
        };
        bed.send(bed.path("10.0.0.9"), Ip4.data(30), 0);
        bed.send(bed.path("10.0.0.9"), Ip4.data(30), 0);
        for (int i = 0; i < 40; i++) {
            bed.pass(IpBed.SECOND / 10);
        }
        assertThat(FaultLog.system().total()).isEqualTo(2);
        FaultLog.system().clear();
        assertThat(bed.drops(DropReason.NEIGHBOR_UNREACHABLE)).isEqualTo(2);
    }

    @Test
    void aNextHopThatDoesNotAnswerIsToldToTheTransport() {
        bed.send(bed.path("10.0.0.9"), Ip4.data(30), 0);
        for (int i = 0; i < 40; i++) {
            bed.pass(IpBed.SECOND / 10);
        }
        Recorder.Error error = bed.udp.errors.remove();
        assertThat(error.kind()).isEqualTo(NetworkError.Kind.NEIGHBOR_SILENT);
        assertThat(error.remote()).isEqualTo(InetAddr.parse("10.0.0.9"));
        assertThat(error.quoted()).isEqualTo(Ip4.data(30));
        assertThat(bed.count(IpStats.Counter.UNDELIVERED)).isEqualTo(1);
        assertThat(bed.count(IpStats.Counter.ERRORS_IN)).as("nothing came in").isZero();
    }
}
