package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;

/// Buffers that adapt, over links on which it matters.
@ExtendWith(NoLeaks.class)
class AutotuneTest {
    private static final SocketOptions AUTO = SocketOptions.DEFAULTS;

    private static void show(String what, Bulk.Link link, SocketOptions o, TcpConfig cfg) throws SocketException {
        try (Bulk bulk = new Bulk(link, cfg, o, o)) {
            StringBuilder out = new StringBuilder();
            for (int i = 0; i < 10; i++) {
                out.append(' ').append(bulk.run(s(1)) * 8 / 1_000_000);
            }
            System.out.println(what + out + " " + " re " + bulk.report().counts().resent() + " " + bulk.report().waits() + bulk.report().counts().timeouts() + " " + bulk.receiverReport().waits()
                + bulk.mostReceiveQueued + " " + bulk.mostSendQueued);
        }
    }

    @Test
    void experiment() throws SocketException {
        var fixed = AUTO.withBuffers(4 << 20, 4 << 20);
        var noTs = Knobs.with("timestamps", false);
        for (Bulk.Link link : new Bulk.Link[] {new Bulk.Link(100_000_000, ms(50), 1_250_000),
                new Bulk.Link(1_000_000_000, ms(5), 1_250_000), new Bulk.Link(1_000_000_000, 100_000, 1_000_000),
            new Bulk.Link(2_000_000, ms(50), 100_000)}) {
            System.out.println(link);
            show("fixed  ", link, fixed, TcpConfig.DEFAULTS);
            show("auto   ", link, AUTO, TcpConfig.DEFAULTS);
            show("fixed -", link, fixed, noTs);
            show("auto  -", link, AUTO, noTs);
            show("fixed r", link, fixed, Knobs.with("reassemblySegments", 8192));
            show("auto  r", link, AUTO, Knobs.with("reassemblySegments", 8192));
        }
    }
}
