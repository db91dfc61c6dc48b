package org.splnet.relay;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.service.StreamServer;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// A port of the stack behind which the host serves. Who comes in is accepted before the host is connected
/// to, and reset if it cannot be.
final class PublishDoor implements Relay.Door {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.relay");
    private static final int BACKLOG = 1024;

    private final Relay relay;
    private final Host host;
    private final ListenSocket listener;

    /// Begins to listen.
    ///
    /// @param early the address need not be in use yet
    PublishDoor(Relay relay, PublishConfig config, Host host, boolean early) throws SocketException {
        this.relay = relay;
        this.host = host;
        this.listener = relay.context().tcp().listen(config.port(), BACKLOG,
                StreamServer.OPTIONS.withFreeBind(early));
    }

    @Override
    public void start() {
        listener.listener(events -> accept());
    }

    /// By whatever thread brings the connection, holding nothing: does not wait.
    private void accept() {
        try {
            for (StreamSocket socket; (socket = listener.accept()) != null; ) {
                StreamSocket accepted = socket;
                Splice splice = relay.admit(host.next());
                if (splice == null || !splice.later(() -> connect(splice, accepted))) {
                    socket.abort();
                    socket.close();
                }
            }
        } catch (SocketException e) {
            LOG.debug("accept ended relay={} cause={}", relay.id(), e.getMessage());
        }
    }

    private void connect(Splice splice, StreamSocket socket) {
        splice.stack(socket);
        if (splice.ended()) {
            return;
        }
        PublishConfig config = (PublishConfig) relay.config();
        Place to = Place.serving("to", config.to());
        Intake intake = new Intake();
        ChannelFuture connected = host.connect(splice.loop, to, config.connectTimeoutNs(), intake,
                new ChannelInboundHandlerAdapter());
        if (connected.isDone() && !connected.isSuccess()) {
            failed(splice, to, connected.cause());
            return;
        }
        splice.host(connected.channel(), intake);
        connected.addListener(done -> {
            if (done.isSuccess()) {
                if (config.proxyProtocol()) {
                    connected.channel().write(ProxyHeader.of(socket.remote(), socket.local(),
                            connected.channel().alloc()), connected.channel().voidPromise());
                    connected.channel().flush();
                }
                splice.flow(null);
            } else {
                failed(splice, to, done.cause());
            }
        });
    }

    private void failed(Splice splice, Place to, Throwable cause) {
        if (!splice.ended()) {
            relay.stats().failed.increment();
            LOG.debug("cannot connect relay={} to={} cause={}", relay.id(), to, cause.getMessage());
            splice.abort();
        }
    }

    @Override
    public String place() {
        return Place.TCP + listener.local();
    }

    @Override
    public void close() {
        listener.close();
    }
}
