package org.splnet.service.status;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.Entropy;
import org.splnet.service.FakeListener;
import org.splnet.service.FakeStream;
import org.splnet.service.ServiceContext;
import org.splnet.service.StreamServer;
import org.splnet.service.TestClock;

/// A status server with clients made of memory: what its tests share.
@ExtendWith(NoLeaks.class)
abstract class HttpServiceTest {
    static final long IDLE_NS = 40_000_000_000L;
    static final int WINDOW = 64 << 10;

    final TestClock clock = new TestClock();
    final CalloutWheel wheel = new CalloutWheel(clock.nanoTime(), () -> { });
    private final FakeListener listener = new FakeListener();
    private final List<FakeStream> streams = new ArrayList<>();
    private StatusServer server;
    StackSource source = new FakeSource();

    @AfterEach
    void end() {
        if (server != null) {
            server.close();
        }
        streams.forEach(FakeStream::free);
    }

    StatusServer server() {
        return server;
    }

    FakeStream connect() throws Exception {
        return connect(WINDOW, IDLE_NS, clock);
    }

    FakeStream connect(int window, long idleNs, Clock time) throws Exception {
        return connect(new FakeStream(window), idleNs, time);
    }

    /// @param stream on which the client may have sent already
    FakeStream connect(FakeStream stream, long idleNs, Clock time) throws Exception {
        if (server == null) {
            ServiceContext context = new ServiceContext(listener, null, address -> true, time, wheel,
                    Entropy.seeded(1), ByteBufAllocator.DEFAULT);
            server = new StatusServer(context, source, new StreamServer.Limits(100, idleNs));
            server.open(context, 80);
        }
        streams.add(stream);
        return listener.connects(stream);
    }

    /// Sends `request`, which must make the server end the connection, and returns all it says.
    String exchange(String request) throws Exception {
        return connect().clientSends(request).clientEnds().clientTakesAll();
    }

    /// A request line with the fields a request needs, and no further.
    static String request(String line) {
        return line + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    static String status(String response) {
        return response.substring(0, response.indexOf("\r\n"));
    }

    static String body(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }
}
