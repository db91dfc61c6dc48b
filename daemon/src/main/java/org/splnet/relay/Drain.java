package org.splnet.relay;

import java.util.concurrent.atomic.AtomicBoolean;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;

/// Takes what comes in at a datagram socket of the stack, by the thread of the flows' loop.
final class Drain implements Readiness.Listener {
    private final Flows<?, ?> flows;
    private final DatagramSocket socket;
    private final Taker taker;
    private final AtomicBoolean awake = new AtomicBoolean();

    /// Who takes datagrams.
    interface Taker {
        /// Takes one; owns its octets.
        void take(Datagram datagram);
    }

    private Drain(Flows<?, ?> flows, DatagramSocket socket, Taker taker) {
        this.flows = flows;
        this.socket = socket;
        this.taker = taker;
    }

    /// Begins.
    static void start(Flows<?, ?> flows, DatagramSocket socket, Taker taker) {
        socket.listener(new Drain(flows, socket, taker));
    }

    /// Any thread, holding nothing.
    @Override
    public void ready(int events) {
        if (awake.compareAndSet(false, true)) {
            flows.later(this::work);
        }
    }

    private void work() {
        awake.set(false);               // before looking: what comes from here on comes again
        for (int i = 0; i < Flows.BURST; i++) {
            try {
                Datagram datagram = socket.receive();
                if (datagram == null) {
                    return;
                }
                taker.take(datagram);
            } catch (SocketException e) {
                if (e.error() == SockError.ESHUTDOWN) {
                    return;
                }
                flows.relay.stats().failed.increment();        // told once; more may wait behind it
            }
        }
        ready(Readiness.READABLE);
    }
}
