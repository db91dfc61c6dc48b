package org.splnet.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// A UDP port of the stack behind which the host serves: a socket of the host for each peer.
final class PublishFlows extends Flows<PublishFlows.Peer, PublishFlows.Way> {
    /// Who sends, and which of our addresses he asks: the answer comes from there.
    record Peer(Endpoint from, InetAddr asked) { }

    /// Where what he sends goes, also when others' goes elsewhere by now.
    record Way(Channel channel, InetSocketAddress to) { }

    private final DatagramSocket socket;

    /// Binds the port.
    ///
    /// @param early the address need not be in use yet
    PublishFlows(Relay relay, PublishConfig config, Host host, boolean early) throws SocketException {
        super(relay, host.next());
        this.socket = relay.context().udp().bind(config.port(),
                SocketOptions.DEFAULTS.withFreeBind(early));
        socket.user("publish");
    }

    @Override
    public void start() {
        Drain.start(this, socket, this::arrives);
    }

    private void arrives(Datagram datagram) {
        boolean answerable = datagram.from().port() != 0 && relay.context().own().test(datagram.to().addr());
        Flow flow = answerable ? of(new Peer(datagram.from(), datagram.to().addr())) : null;
        if (flow == null) {
            datagram.data().release();
            if (!answerable) {
                relay.stats().dropped.increment();
            }
            return;
        }
        toHost(flow, datagram.data(), flow.socket.channel(), flow.socket.to());
    }

    @Override
    Way open(Flow flow) throws IOException {
        var now = (PublishConfig) relay.config();
        InetSocketAddress to = ((Place.Udp) Place.serving("to", now.to())).host();
        return new Way(Host.toward(loop, to, relay.context().allocator(),
                new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DatagramPacket answer) {
                        if (answer.sender().equals(to)) {
                            toStack(flow, answer.content(), data -> socket.send(data, flow.peer.from(),
                                    flow.peer.asked()));
                        } else {
                            relay.stats().dropped.increment();
                        }
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                        failed(cause);
                    }
                }), to);
    }

    @Override
    void close(Way way) {
        way.channel().close();
    }

    @Override
    public String place() {
        return Place.UDP + socket.local();
    }

    @Override
    public void close() {
        socket.close();
    }
}
