package org.splnet.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;

/// Takes who comes in from the host into the stack.
@ChannelHandler.Sharable
final class ForwardGuest extends ChannelInitializer<Channel> {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.relay");

    private final Relay relay;

    ForwardGuest(Relay relay) {
        this.relay = relay;
    }

    @Override
    protected void initChannel(Channel channel) {
        Splice splice = relay.admit(channel.eventLoop());
        if (splice == null) {
            Host.reset(channel);
            return;
        }
        ForwardConfig config = (ForwardConfig) relay.config();
        splice.host(channel, Host.intake(channel));
        try {
            splice.stack(relay.context().tcp().connect(null, config.target(), options(config)),
                    new Splice.Opening() {
                        @Override
                        public void opened() {
                            splice.flow(null);
                        }

                        @Override
                        public void failed(SocketException why) {
                            splice.abort();
                        }
                    });
        } catch (SocketException e) {
            relay.stats().failed.increment();
            LOG.debug("cannot connect relay={} cause={}", relay.id(), e.getMessage());
            splice.abort();
        }
    }

    /// How the stack connects.
    static SocketOptions options(RelayConfig config) {
        return SocketOptions.DEFAULTS.withNoDelay(true).withConnectTimeout(config.connectTimeoutNs());
    }
}
