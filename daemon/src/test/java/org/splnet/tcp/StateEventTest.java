package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.inet.NetworkError;
import org.splnet.socket.SocketException;
import org.splnet.wire.TcpHeader;

/// RFC 9293 §3.10, state by event: tables (resources beside this class) whose cells were filled in from the
/// RFC by hand, each a drill.
///
/// Of what arrives, `N` is RCV.NXT, `U` SND.UNA and `X` SND.NXT; a segment acknowledges `U` unless it says
/// otherwise. A cell says what is answered and which state follows, if it is another:
///
/// - `-` nothing; `A` an ACK of `N`, `A+1` one of `N` + 1; `D+10` the same, but not at once
/// - `F` a FIN with the number `X`; `T` text; `R` a RST with the number `X`; `S` a SYN,ACK; `?` a RST,
///   whatever its number
/// - `!` the call fails; `0` the end of the stream; `.` nothing there yet
/// - `>STATE` what follows, `>gone` if nothing is left
@ExtendWith(NoLeaks.class)
class StateEventTest {
    private static Drill in(String state) {
        DrillSetup setup = drill();
        return switch (state) {
            case "ESTABLISHED" -> setup.accepted();
            case "FIN-WAIT-1" -> setup.finWait1();
            case "FIN-WAIT-2" -> setup.finWait2();
            case "CLOSE-WAIT" -> setup.closeWait();
            case "CLOSING" -> setup.closing();
            case "LAST-ACK" -> setup.lastAck();
            case "TIME-WAIT" -> setup.timeWait();
            default -> throw new IllegalArgumentException(state);
        };
    }

    private static int rcvNxt(String state) {
        return List.of("ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2").contains(state) ? 1 : 2;
    }

    private static int sndNxt(String state) {
        return List.of("ESTABLISHED", "CLOSE-WAIT").contains(state) ? 1 : 2;
    }

    private static int sndUna(String state) {
        return List.of("FIN-WAIT-2", "TIME-WAIT").contains(state) ? 2 : 1;
    }

    private interface Cell {
        void check(String state, String event, String cell);
    }

    private static Stream<DynamicTest> table(String name, Cell each) throws IOException {
        String text;
        try (InputStream in = StateEventTest.class.getResourceAsStream(name)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<DynamicTest> tests = new ArrayList<>();
        String[] states = null;
        for (String line : text.split("\n")) {
            String[] cells = line.split("\\|");
            if (states == null) {
                states = cells;
            }
            for (int i = 1; !line.startsWith("#") && i < cells.length; i++) {
                String state = states[i].trim();
                String event = cells[0].trim();
                String cell = cells[i].trim();
                tests.add(dynamicTest(state + ", " + event + ": " + cell,
                        () -> each.check(state, event, cell)));
            }
            assertThat(cells.length == 1 || cells.length == states.length).as(line).isTrue();
        }
        return tests.stream();
    }

    @TestFactory
    @Shows({"EVENT-18", "EVENT-19", "EVENT-23", "EVENT-25", "EVENT-26", "EVENT-29", "EVENT-30", "EVENT-32",
        "EVENT-34", "EVENT-36", "EVENT-37", "RFC1337-3"})
    Stream<DynamicTest> segmentArrives() throws IOException {
        return table("segments.txt", (state, event, cell) -> {
            try (Drill tcp = in(state)) {
                tcp.in(segment(event, state));
                answered(tcp, state, cell);
                after(tcp, state, cell);
                drain(tcp);
            }
        });
    }

    private static Seg segment(String event, String state) {
        String[] words = event.split(" +");
        int seq = number(words[1], state);
        int ack = sndUna(state);
        int len = 0;
        for (int i = 2; i < words.length; i++) {
            if ("ack".equals(words[i])) {
                ack = number(words[++i], state);
            } else {
                len = Integer.parseInt(words[i]);
            }
        }
        return switch (words[0]) {
            case "rst" -> event.contains("ack") ? Seg.rst(seq).acks(ack) : Seg.rst(seq);
            case "syn" -> Seg.syn().seq(seq).mss(1000);
            case "synack" -> Seg.synAck().seq(seq).acks(ack);
            case "ack" -> Seg.ack(ack).seq(seq);
            case "noack" -> Seg.data(seq, seq + len).noAck();
            case "data" -> Seg.data(seq, seq + len).acks(ack);
            case "fin" -> Seg.fin(seq).acks(ack);
            case "finno" -> Seg.fin(seq).noAck();
            default -> throw new IllegalArgumentException(event);
        };
    }

    private static int number(String word, String state) {
        int base = switch (word.charAt(0)) {
            case 'N' -> rcvNxt(state);
            case 'U' -> sndUna(state);
            case 'X' -> sndNxt(state);
            default -> throw new IllegalArgumentException(word);
        };
        return word.length() == 1 ? base : base + Integer.parseInt(word.substring(1));
    }

    private static void answered(Drill tcp, String state, String cell) {
        String answer = cell.contains(">") ? cell.substring(0, cell.indexOf('>')) : cell;
        int more = answer.contains("+") ? Integer.parseInt(answer.substring(answer.indexOf('+'))) : 0;
        int acked = rcvNxt(state) + more;
        switch (answer.charAt(0)) {
            case '-' -> tcp.outNothing();
            case 'A' -> tcp.out(Seg.ack(acked)).outNothing();
            case 'D' -> tcp.outNothing().after(ms(45)).out(Seg.ack(acked));
            case 'S' -> tcp.out(Seg.synAck());
            default -> throw new IllegalArgumentException(cell);
        }
    }

    /// The state that follows; what TIME-WAIT is and what is gone, the socket alone does not tell.
    private static void after(Drill tcp, String state, String cell) {
        String next = cell.contains(">") ? cell.substring(cell.indexOf('>') + 1) : state;
        if ("gone".equals(next)) {
            tcp.gone();
        } else {
            assertThat(tcp.socket.state()).as(tcp.log.toString()).isEqualTo(next);
            assertThat(tcp.tcp.connections()).as(tcp.log.toString()).isEqualTo(1);
        }
    }

    private static void drain(Drill tcp) {
        while (tcp.peer.take() != null) {
            // no business of this test
        }
    }

    @TestFactory
    @Shows({"EVENT-2", "EVENT-3", "EVENT-4", "EVENT-6", "EVENT-7", "EVENT-38", "EVENT-39", "EVENT-40"})
    Stream<DynamicTest> userCalls() throws IOException {
        return table("calls.txt", (state, event, cell) -> {
            try (Drill tcp = in(state)) {
                boolean failed = call(tcp, event);
                assertThat(failed).as("fails").isEqualTo(cell.startsWith("!"));
                sent(tcp, state, cell.replace("!", "").replace("0", "").replace(".", ""));
                after(tcp, state, cell);
                drain(tcp);
            }
        });
    }

    /// @return it has failed
    private static boolean call(Drill tcp, String event) {
        try {
            switch (event) {
                case "send" -> send(tcp);
                case "receive" -> {
                    ByteBuf got = tcp.socket.receive(10);
                    assertThat(got == null || !got.isReadable()).isTrue();
                }
                case "shutdownOutput" -> tcp.socket.shutdownOutput();
                case "shutdownInput" -> tcp.socket.shutdownInput();
                case "close" -> tcp.closes();
                case "closeTwice" -> tcp.closes().closes();
                case "abort" -> tcp.socket.abort();
                case "closeAndSend" -> {
                    tcp.closes();
                    send(tcp);
                }
                case "connectAgain" -> tcp.tcp.connect(tcp.socket.local(), tcp.socket.remote(),
                        tcp.setup.options);
                case "wait 300 ms" -> tcp.after(ms(300));
                case "wait 2 MSL" -> tcp.after(s(61));
                case "wait R2" -> tcp.after(s(700));
                case "closeAndWait" -> tcp.closes().after(s(700));
                default -> throw new IllegalArgumentException(event);
            }
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    private static void send(Drill tcp) throws SocketException {
        ByteBuf data = Unpooled.directBuffer(1).writeByte(Drill.octet(0));
        try {
            tcp.socket.send(data);
        } finally {
            data.release();
        }
    }

    private static void sent(Drill tcp, String state, String cell) {
        String what = cell.contains(">") ? cell.substring(0, cell.indexOf('>')) : cell;
        int fin = state.equals("ESTABLISHED") || state.equals("CLOSE-WAIT") ? sndNxt(state) : sndUna(state);
        switch (what) {
            case "", "-" -> tcp.outNothing();
            case "T" -> tcp.out(Seg.data(sndNxt(state), sndNxt(state) + 1)).outNothing();
            case "F" -> tcp.out(Seg.fin(fin)).outNothing();
            case "F*" -> {
                int n = 0;
                for (Seg seg; (seg = tcp.peer.take()) != null; n++) {
                    assertThat(seg.flags & (TcpHeader.FIN | TcpHeader.RST)).as(seg.toString()).isNotZero();
                }
                assertThat(n).isGreaterThan(1);
            }
            case "R" -> tcp.out(Seg.rst(sndNxt(state))).outNothing();
            default -> throw new IllegalArgumentException(cell);
        }
    }

    /// What routers say changes no synchronized state (RFC 5927 §5.2), whether it quotes what is on its way
    /// or not.
    @TestFactory
    @Shows({"MUST-56", "RFC5927-5.2"})
    Stream<DynamicTest> routersComplain() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String state : List.of("ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",
                "LAST-ACK")) {
            for (NetworkError.Kind kind : NetworkError.Kind.values()) {
                for (int seq : new int[] {sndUna(state), sndUna(state) - 1, sndNxt(state) + 1}) {
                    tests.add(dynamicTest(state + ", " + kind + " about " + seq, () -> {
                        try (Drill tcp = in(state)) {
                            tcp.icmp(kind, seq).outNothing();
                            after(tcp, state, "-");
                        }
                    }));
                }
            }
        }
        return tests.stream();
    }

    @TestFactory
    @Shows({"EVENT-14", "EVENT-15", "EVENT-16", "EVENT-17", "EVENT-24", "EVENT-31"})
    Stream<DynamicTest> segmentArrivesWhileOpening() throws IOException {
        return table("opening.txt", (state, event, cell) -> {
            try (Drill tcp = "SYN-SENT".equals(state) ? drill().synSent() : drill().simultaneous()) {
                tcp.in(opening(event));
                switch (cell.charAt(0)) {
                    case '?' -> tcp.out(Seg.rst()).outNothing();
                    case 'S' -> tcp.out(Seg.synAck().acks(1)).outNothing();
                    case 'A', 'D' -> {
                        String plus = cell.replaceAll("^[^+]*|>.*", "");
                        int more = plus.isEmpty() ? 0 : Integer.parseInt(plus);
                        tcp.after(cell.charAt(0) == 'D' ? ms(45) : 0).out(Seg.ack(1 + more));
                    }
                    default -> tcp.outNothing();
                }
                after(tcp, state, cell);
                drain(tcp);
            }
        });
    }

    /// Numbers as they are: the ISNs are 0.
    private static Seg opening(String event) {
        String[] words = event.split(" +");
        int seq = Integer.parseInt(words[1]);
        int ack = words.length > 3 ? Integer.parseInt(words[words.length - 1]) : -1;
        Seg seg = switch (words[0]) {
            case "rst" -> Seg.rst(seq);
            case "syn" -> Seg.syn().seq(seq).mss(1000);
            case "synack" -> Seg.synAck().seq(seq).mss(1000);
            case "ack", "fin", "finno" -> words[0].equals("ack") ? Seg.ack(ack).seq(seq) : Seg.fin(seq);
            case "noack", "data" -> Seg.data(seq, seq + Integer.parseInt(words[2]));
            default -> throw new IllegalArgumentException(event);
        };
        boolean asItIs = words[0].equals("rst") || words[0].equals("syn");
        return ack >= 0 ? seg.acks(ack) : asItIs ? seg : seg.noAck();
    }

    @TestFactory
    @Shows({"EVENT-9", "EVENT-41"})
    Stream<DynamicTest> nobodyIsThere() {                                  // §3.10.7.1
        record Case(Seg seg, Seg answer) { }
        return Stream.of(
                new Case(Seg.rst(5), null), new Case(Seg.rst(5).acks(7), null),
                new Case(Seg.syn().seq(5), Seg.rst().absSeq(0)),
                new Case(Seg.ack(7).seq(5), Seg.rst(7)), new Case(Seg.fin(5).acks(7), Seg.rst(7)),
                new Case(Seg.data(5, 15).acks(7), Seg.rst(7)),
                new Case(Seg.data(5, 15).noAck(), Seg.rst().absSeq(0)),
                new Case(Seg.fin(5).noAck(), Seg.rst().absSeq(0)),
                new Case(Seg.synAck().seq(5).acks(7), Seg.rst(7)))
                .map(each -> dynamicTest("CLOSED, " + each.seg(), () -> {
                    try (Drill tcp = new Drill(drill())) {
                        tcp.in(each.seg());
                        if (each.answer() == null) {
                            tcp.outNothing();
                        } else {
                            Seg got = tcp.peer.take();
                            assertThat(got.flags & TcpHeader.RST).isNotZero();
                            boolean zero = each.answer().seq == null;
                            assertThat(zero ? got.absSeq : got.seq).isEqualTo(zero ? 0 : each.answer().seq);
                        }
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> refusedInTheWrongState() {
        return Stream.of("FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "LAST-ACK", "TIME-WAIT")
                .map(state -> dynamicTest(state + ", urgent text", () -> {
                    try (Drill tcp = in(state)) {
                        assertThatThrownBy(() -> tcp.socket.sendUrgent(Unpooled.wrappedBuffer(new byte[1])))
                                .isInstanceOf(SocketException.class);
                        tcp.outNothing();
                    }
                }));
    }
}
