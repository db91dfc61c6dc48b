package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.inet.NetworkError;
import org.splnet.socket.SockError;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 9293 §3.9.2.2, RFC 5927, RFC 1191: ICMP errors.
@ExtendWith(NoLeaks.class)
class IcmpTest {
    @Test
    @Shows({"MUST-56", "MUST-54"})
    void softErrorsNeverAbort() {                                          // MUST-56, SHLD-25
        for (NetworkError.Kind kind : new NetworkError.Kind[] {NetworkError.Kind.UNREACHABLE,
            NetworkError.Kind.TIME_EXCEEDED, NetworkError.Kind.PARAMETER_PROBLEM,
            NetworkError.Kind.PROHIBITED}) {
            try (Drill tcp = drill().accepted()) {
                tcp.write(10).out(data(1, 11)).icmp(kind, 1).state(TcpState.ESTABLISHED).outNothing()
                        .counted(Counter.ERRORS_MATCHED, 1).in(ack(11));
                assertThat(tcp.tcb().softError).isNull();
            }
        }
    }

    @Test
    @Shows({"SHLD-25", "MUST-47"})
    void aSoftErrorExplainsTheTimeout() {
        try (Drill tcp = drill().synSent()) {
            tcp.icmp(NetworkError.Kind.UNREACHABLE, 0).state(TcpState.SYN_SENT).after(s(200))
                    .error(SockError.EHOSTUNREACH).gone();
            while (tcp.peer.take() != null) {
                assertThat(tcp.tcp.connections()).isZero();
            }
        }
    }

    @Test
    @Shows({"RFC5927-5.2", "MUST-54"})
    void hardErrorsAbortOnlyWhatIsBeingOpened() {                          // RFC 5927 §5.2
        try (Drill tcp = drill().synSent()) {
            tcp.icmp(NetworkError.Kind.PORT_UNREACHABLE, 0).error(SockError.ECONNREFUSED).gone();
        }
        try (Drill tcp = drill().accepted()) {
            tcp.write(10).out(data(1, 11)).icmp(NetworkError.Kind.PORT_UNREACHABLE, 1)
                    .icmp(NetworkError.Kind.PROTOCOL_UNREACHABLE, 1).state(TcpState.ESTABLISHED);
        }
    }

    @Test
    void aSilentNeighborEndsOnlyWhatIsBeingOpened() {                      // RFC 1122 §2.4
        try (Drill tcp = drill().synSent()) {
            tcp.icmp(NetworkError.Kind.NEIGHBOR_SILENT, 0).error(SockError.EHOSTUNREACH).gone();
        }
        try (Drill tcp = drill().accepted()) {
            tcp.write(10).out(data(1, 11)).icmp(NetworkError.Kind.NEIGHBOR_SILENT, 1)
                    .state(TcpState.ESTABLISHED).in(ack(11));
            assertThat(tcp.tcb().softError).isNull();
        }
    }

    @Test
    @Shows("RFC5927-4.1")
    void believesOnlyWhatQuotesDataOnItsWay() {                            // RFC 5927 §4.1
        try (Drill tcp = drill().accepted()) {
            tcp.write(10).out(data(1, 11)).icmp(NetworkError.Kind.UNREACHABLE, 0)
                    .icmp(NetworkError.Kind.UNREACHABLE, 11).icmp(NetworkError.Kind.UNREACHABLE, 100_000)
                    .counted(Counter.ERRORS_REFUSED, 3);
            assertThat(tcp.tcb().softError).isNull();
        }
        try (Drill tcp = drill().synSent()) {
            tcp.icmp(NetworkError.Kind.PORT_UNREACHABLE, 1).icmp(NetworkError.Kind.PORT_UNREACHABLE, -1)
                    .state(TcpState.SYN_SENT);
        }
    }

    @Test
    @Shows({"RFC1191-6.4", "RFC1191-3", "SHLD-6"})
    void sendsSmallerSegmentsWhenThePathIsNarrower() {                     // RFC 1191 §6.4
        try (Drill tcp = drill().mss(1460).accepted()) {
            tcp.write(3000).out(data(1, 1461), data(1461, 2921), data(2921, 3001));
            tcp.path().mtu = 1040;
            tcp.icmp(NetworkError.Kind.TOO_BIG, 1).out(data(1, 1001), data(1001, 2001), data(2001, 3001))
                    .outNothing().counted(Counter.MTU_LOWERED, 1).in(ack(3001)).outNothing();
        }
    }

    /// Another connection was told, or the interface has another MTU.
    @Test
    @Shows("RFC1191-6.4")
    void whatIsUnderWayGoesAgainSmallerAlsoIfOthersWereTold() {
        try (Drill tcp = drill().mss(1460).accepted()) {
            tcp.write(3000).out(data(1, 1461), data(1461, 2921), data(2921, 3001));
            tcp.path().mtuToCome = 1040;
            tcp.write(10).out(data(1, 1001), data(1001, 2001), data(2001, 3001)).in(ack(3001))
                    .out(data(3001, 3011));
        }
    }

    @Test
    @Shows({"SHLD-6", "RFC1191-3"})
    void followsAPathThatGrewAgain() {                                     // SHLD-6
        try (Drill tcp = drill().mss(1460).mtu(1040).accepted()) {
            tcp.write(1500).out(data(1, 1001), data(1001, 1501)).in(ack(1501));
            tcp.path().mtu = 1500;
            tcp.write(1500).out(data(1501, 2961), data(2961, 3001));
        }
    }

    @Test
    @Shows("RFC1191-6.4")
    void aPacketTooBigForThePathGoesAgainSmaller() {
        try (Drill tcp = drill().mss(1460).accepted()) {
            tcp.network.answer = org.splnet.pkt.Output.TOO_BIG;
            tcp.write(100).outNothing();
            tcp.network.answer = org.splnet.pkt.Output.SENT;
            tcp.after(ms(210)).out(data(1, 101));
        }
    }

    @Test
    void ignoresErrorsForNobody() {
        try (Drill tcp = drill().synReceived()) {
            NetworkError error = new NetworkError();
            error.kind = NetworkError.Kind.PORT_UNREACHABLE;
            error.buf = io.netty.buffer.Unpooled.wrappedBuffer(new byte[8]);
            error.len = 8;
            assertThat(tcp.tcp.error(error, 0)).isFalse();
            error.len = 7;
            assertThat(tcp.tcp.error(error, 0)).isFalse();
        }
    }
}
