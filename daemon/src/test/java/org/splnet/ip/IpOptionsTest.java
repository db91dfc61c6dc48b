package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;

/// RFC 1122 §3.2.1.8, RFC 7126: options that come in, and those that go back with an echo reply.
@ExtendWith(NoLeaks.class)
class IpOptionsTest {
    private final IpBed bed = new IpBed();

    @AfterEach
    void close() {
        bed.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"01010101", "00ffffff", "82040000", "86060102 03040000", "94040000",
        "07070400 00000000", "440c0500 00000000 00000000", "99030000"})
    @Shows("MUST-50")
    void passesOverWhatIsRight(String options) {
        bed.in(Ip4.udp().options(options));
        assertThat(bed.udp.datagrams).hasSize(1);
        assertThat(bed.allDrops()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "99000000, 21", "99010000, 21", "99050000, 21", "01018200, 23", "01010107, 23",
        "07060400 00000101, 22", "07070300 00000000, 22", "07030401 07030400, 24", "94050000 00010101, 21",
        "440809f0 00000000, 23"})
    void saysWhichOctetIsWrong(String options, int pointer) {           // §3.2.2.5
        byte[] octets = Ip4.udp().options(options).octets();
        bed.in(octets, bed.eth0, 0);
        assertThat(bed.drops(DropReason.IP_BAD_OPTIONS)).isEqualTo(1);
        Ip4 problem = bed.nic0.next();
        assertThat(problem.icmpType()).isEqualTo(12);
        assertThat(problem.icmpCode()).isZero();
        assertThat(problem.icmpRest() >>> 24).isEqualTo(pointer);
        assertThat(problem.icmpData()).isEqualTo(octets);
    }

    @Test
    void saysNothingOfWrongOptionsInABroadcast() {
        bed.in(Ip4.from("10.0.0.2", "10.0.0.255").options("99000000"), bed.eth0, Packet.LINK_BROADCAST);
        assertThat(bed.drops(DropReason.IP_BAD_OPTIONS)).isEqualTo(1);
        assertThat(bed.nic0.next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"83070400 00000000", "89070400 00000000", "83070801 02030400",
            "01010183 07080a00 00030000"})
    void dropsSourceRoutesWithoutAWord(String options) {                // RFC 7126 §4.3.5
        bed.in(Ip4.udp().options(options));
        assertThat(bed.drops(DropReason.IP_SOURCE_ROUTE)).isEqualTo(1);
        assertThat(bed.nic0.next()).isNull();
    }

    private Ip4 echo(String options) {
        byte[] data = Ip4.data(24);
        bed.in(new Ip4().options(options).icmp(8, 0, 0x12340001, data));
        Ip4 reply = bed.nic0.next();
        assertThat(reply.icmpType()).isZero();
        assertThat(reply.icmpChecksumOk()).isTrue();
        assertThat(reply.icmpData()).isEqualTo(data);
        return reply;
    }

    private static byte[] hex(String hex) {
        return java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Test
    void entersThisHostIntoARecordRoute() {                             // §3.2.2.6
        assertThat(echo("070f0801 02030400 00000000 00000000").options)
                .isEqualTo(hex("070f0c01 0203040a 00000100 00000000"));
    }

    @Test
    void leavesAFullRecordRouteAsItIs() {
        assertThat(echo("07070801 02030400").options).isEqualTo(hex("07070801 02030400"));
    }

    @Test
    void entersATimeThatIsMarkedAsNotTheOneOfDay() {
        long ms = bed.nowNs / 1_000_000;
        String time = String.format("%08x", (int) ms | 0x8000_0000);
        assertThat(echo("440c0500 00000000 00000000").options).isEqualTo(hex("440c0900" + time + "00000000"));
        assertThat(echo("440c0501 00000000 00000000").options).isEqualTo(hex("440c0d01 0a000001" + time));
        assertThat(echo("440c0503 0a000001 00000000").options).isEqualTo(hex("440c0d03 0a000001" + time));
    }

    @Test
    void entersNoTimeWhereAnotherHostIsMeantOrNoRoomIsLeft() {
        assertThat(echo("440c0503 0a000007 00000000").options).isEqualTo(hex("440c0503 0a000007 00000000"));
        assertThat(echo("44080900 00000000").options).isEqualTo(hex("44080910 00000000"));
        assertThat(echo("440809e0 00000000").options).isEqualTo(hex("440809f0 00000000"));
    }

    @Test
    void sendsNoOtherOptionsBack() {
        assertThat(echo("94040000 01010101").options).isEmpty();
        assertThat(echo("94040000 07070400 00000000").options).isEqualTo(hex("01010101 0707080a 00000100"));
    }
}
