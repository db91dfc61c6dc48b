package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Clients that pass their own end of the connection and go: while it lies in what nobody has read, the
/// kernel tells nobody that they have gone. Found by [ControlFuzzTest].
class OwnPeerTest extends LentBed {
    /// More than the server reads at once: what follows stays in the kernel.
    private static final int FAR_BEHIND = 10_000;

    @Test
    void behindARequestForEvents() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        RawClient client = RawClient.of(server);
        server.poller().execute(() -> awaits(sent));
        client.write(RawClient.request("GET", "/v1/events", "") + "x".repeat(FAR_BEHIND));
        assertThat(client.pass('P', client.fd)).isPositive();
        client.close();
        sent.countDown();
        until(() -> server.sessions() == 0);
    }

    private static void awaits(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
