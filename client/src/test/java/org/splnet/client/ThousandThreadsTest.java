package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A thousand virtual threads, each with a blocking socket, all open at once, and as many on the other side.
class ThousandThreadsTest extends MockTest {
    private static final int THREADS = 1000;
    private static final int ROUNDS = 5;

    @Test
    void eachHasItsAnswers() throws Exception {
        CountDownLatch connected = new CountDownLatch(THREADS);
        ServerSocket server = splnet.serverSocketFactory().createServerSocket(0, THREADS, Pair.LOOPBACK);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.submit(() -> serve(server, threads));
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int mine = i;
                results.add(threads.submit(() -> ask(server.getLocalPort(), mine, connected)));
            }
            int sum = 0;
            for (Future<Integer> each : results) {
                sum += each.get(50, TimeUnit.SECONDS);
            }
            assertThat(sum).isEqualTo(THREADS * ROUNDS);
            server.close();
        }
        until(() -> daemon.open.size() <= 4);
    }

    private int ask(int port, int mine, CountDownLatch connected) throws Exception {
        try (Socket socket = splnet.socketFactory().createSocket(Pair.LOOPBACK, port)) {
            connected.countDown();
            connected.await();
            int right = 0;
            for (int i = 0; i < ROUNDS; i++) {
                byte[] question = ("thread " + mine + " round " + i).getBytes();
                socket.getOutputStream().write(question);
                right += new String(socket.getInputStream().readNBytes(question.length))
                        .equals(new String(question)) ? 1 : 0;
            }
            return right;
        }
    }

    private static Void serve(ServerSocket server, ExecutorService threads) throws IOException {
        while (true) {
            Socket accepted = server.accept();
            threads.submit(() -> {
                try (accepted) {
                    InputStream in = accepted.getInputStream();
                    return in.transferTo(accepted.getOutputStream());
                }
            });
        }
    }
}
