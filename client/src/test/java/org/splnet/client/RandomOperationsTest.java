package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;

/// The same random operations on a socket of splnet's and one of the kernel's, each with a peer: what they
/// give, value or exception, is the same.
class RandomOperationsTest extends MockTest {
    private static final int RUNS = 60;
    private static final int STEPS = 40;

    /// What is done, and whether the other side has ended.
    private static final class Script {
        private final Random random;
        private final Pair pair;
        private final List<String> log = new ArrayList<>();
        private int toPeer;    // octets that the peer can still read
        private int toSocket;  // octets that the socket can still read
        private boolean peerEnded;

        Script(long seed, Pair pair) {
            this.random = new Random(seed);
            this.pair = pair;
        }

        List<String> run() {
            for (int i = 0; i < STEPS; i++) {
                int what = random.nextInt(12);
                int size = 1 + random.nextInt(5000);
                try {
                    log.add(what + " " + step(what, size));
                } catch (IOException | IllegalArgumentException e) {
                    log.add(what + " " + e.getClass().getName() + ": " + e.getMessage());
                }
            }
            return log;
        }

        private Object step(int what, int size) throws IOException {
            Socket socket = pair.socket();
            return switch (what) {
                case 0, 1 -> {
                    socket.getOutputStream().write(octets(size, toPeer));
                    yield toPeer += size;
                }
                case 2 -> read(socket, Math.min(size, toSocket), true);
                case 3 -> {
                    // When the peer hears of the end is a matter of time, on the kernel too.
                    if (!peerEnded && !socket.isClosed() && !socket.isInputShutdown()) {
                        pair.peer().getOutputStream().write(octets(size, toSocket));
                        toSocket += size;
                    }
                    yield toSocket;
                }
                case 4 -> socket.isClosed() ? "not now" : read(pair.peer(), Math.min(size, toPeer), false);
                case 5 -> {
                    // Nothing is under way, so it times out; or it is at its end, which may take a moment.
                    socket.setSoTimeout(peerEnded ? 20_000 : 1);
                    yield toSocket == 0 ? socket.getInputStream().read() : -2;
                }
                case 6 -> random.nextInt(4) == 0 ? shutdown(socket) : "not now";
                case 7 -> random.nextInt(4) == 0 && !socket.isClosed() ? end() : "not now";
                case 8 -> options(socket, size);
                case 9 -> List.of(socket.isConnected(), socket.isBound(), socket.isClosed(),
                        socket.isInputShutdown(), socket.isOutputShutdown(), socket.getPort()
                        == pair.peer().getLocalPort());
                case 10 -> random.nextInt(10) == 0 ? close(socket) : "not now";
                default -> random.nextInt(10) == 0 ? shutdownInput(socket) : "not now";
            };
        }

        private static byte[] octets(int size, int from) {
            byte[] octets = new byte[size];
            for (int i = 0; i < size; i++) {
                octets[i] = (byte) (from + i);
            }
            return octets;
        }

        private int read(Socket from, int size, boolean own) throws IOException {
            from.setSoTimeout(20_000);
            byte[] octets = from.getInputStream().readNBytes(size);
            if (own) {
                toSocket -= octets.length;
            } else {
                toPeer -= octets.length;
            }
            return Arrays.hashCode(octets);
        }

        private static String shutdown(Socket socket) throws IOException {
            socket.shutdownOutput();
            return "FIN";
        }

        private static String shutdownInput(Socket socket) throws IOException {
            socket.shutdownInput();
            return "no more input: " + socket.isInputShutdown();
        }

        private String end() throws IOException {
            pair.peer().shutdownOutput();
            peerEnded = true;
            return "peer's FIN";
        }

        private static String close(Socket socket) throws IOException {
            socket.close();
            return "closed";
        }

        private static Object options(Socket socket, int size) throws IOException {
            socket.setTcpNoDelay(size % 2 == 0);
            socket.setSoLinger(size % 3 == 0, size);
            socket.setTrafficClass(size % 4 * 8);
            socket.setSoTimeout(size);
            return List.of(socket.getTcpNoDelay(), socket.getSoLinger(), socket.getTrafficClass(),
                    socket.getSoTimeout(), socket.getKeepAlive(), socket.getReuseAddress());
        }
    }

    @Test
    void giveWhatTheKernelsGive() throws Exception {
        long seed = TestSeed.next();
        for (int i = 0; i < RUNS; i++) {
            try (Pair ours = Pair.of(splnet.socket()); Pair theirs = Pair.of(new Socket())) {
                assertThat(new Script(seed + i, ours).run()).as("seed %d run %d", seed, i)
                        .isEqualTo(new Script(seed + i, theirs).run());
            }
        }
    }
}
