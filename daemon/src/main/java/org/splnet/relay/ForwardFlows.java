package org.splnet.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.splnet.kern.Witness;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.Ip4Addr;

/// A UDP port of the host that leads into the stack: a connected socket of the stack for each peer.
final class ForwardFlows extends Flows<InetSocketAddress, DatagramSocket> {
    private static final Endpoint ANY = new Endpoint(Ip4Addr.ANY, 0);

    private final Place.Udp at;
    private final Channel channel;

    /// Binds the port.
    ///
    /// @throws HostException if it cannot be had
    ForwardFlows(Relay relay, ForwardConfig config, Host host) throws HostException {
        super(relay, host.next());
        Place.Udp wanted = (Place.Udp) Place.listening("listen", config.listen());
        this.channel = host.bound(loop, wanted, "listen", new Guests());
        this.at = wanted.withPort(((InetSocketAddress) channel.localAddress()).getPort());
    }

    @Override
    public void start() {
        channel.config().setAutoRead(true);
    }

    @ChannelHandler.Sharable
    private final class Guests extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
            Flow flow = of(datagram.sender());
            if (flow != null) {
                toStack(flow, datagram.content(), data -> flow.socket.send(data, null));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failed(cause);
        }
    }

    @Override
    DatagramSocket open(Flow flow) throws SocketException {
        DatagramSocket socket = relay.context().udp().bind(ANY, SocketOptions.DEFAULTS);
        socket.user("forward");
        try {
            socket.connect(((ForwardConfig) relay.config()).target());
        } catch (SocketException e) {
            socket.close();
            throw e;
        }
        Drain.start(this, socket, answer -> toHost(flow, answer.data(), channel, flow.peer));
        return socket;
    }

    @Override
    void close(DatagramSocket socket) {
        socket.close();
    }

    @Override
    public String place() {
        return at.toString();
    }

    @Override
    public void close() {
        Witness.beforeBlocking("closing a socket of the host");
        channel.close().awaitUninterruptibly();
    }
}
