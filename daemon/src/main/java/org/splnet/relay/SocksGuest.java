package org.splnet.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.socksx.v5.DefaultSocks5CommandResponse;
import io.netty.handler.codec.socksx.v5.DefaultSocks5InitialResponse;
import io.netty.handler.codec.socksx.v5.DefaultSocks5PasswordAuthResponse;
import io.netty.handler.codec.socksx.v5.Socks5AddressDecoder;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequest;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5CommandType;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequest;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5Message;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthRequest;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthStatus;
import io.netty.handler.codec.socksx.v5.Socks5ServerEncoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import org.splnet.socket.SocketException;
import org.splnet.wire.Endpoint;
import org.splnet.wire.Ip4Addr;

/// The server's side of one SOCKS5 conversation (RFC 1928), up to where the octets flow.
///
/// By the event loop's thread.
final class SocksGuest extends ChannelInboundHandlerAdapter implements Splice.Opening {
    private static final String DECODER = "decoder";
    private static final String ENCODER = "encoder";
    private static final int LONGEST_NAME = 255;

    private final SocksConfig config;
    private final Names names;
    private final Splice splice;
    private final Channel channel;
    private final Intake intake;
    private ScheduledFuture<?> deadline;
    private boolean asked;              // the request has been made: what follows is for the other end
    private boolean answered;           // in the negative, and it ends with that
    private Endpoint bound;
    private ByteBuf early;

    private SocksGuest(SocksConfig config, Names names, Splice splice, Channel channel) {
        this.config = config;
        this.names = names;
        this.splice = splice;
        this.channel = channel;
        this.intake = Host.intake(channel);
    }

    /// Receives who has come in.
    static void receive(Relay relay, SocksConfig config, Names names, Channel channel) {
        Splice splice = relay.admit(channel.eventLoop());
        if (splice == null) {
            Host.reset(channel);
            return;
        }
        SocksGuest guest = new SocksGuest(config, names, splice, channel);
        splice.host(channel, guest.intake);
        channel.pipeline().addLast(ENCODER, Socks5ServerEncoder.DEFAULT)
                .addLast(DECODER, new Socks5InitialRequestDecoder()).addLast(guest);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor().schedule(this::late, config.connectTimeoutNs(), TimeUnit.NANOSECONDS);
    }

    /// Whoever does not say what he wants is let go; whoever waits for a resolver is answered.
    private void late() {
        if (asked) {
            refuse(Socks5CommandStatus.HOST_UNREACHABLE);
        } else {
            splice.abort();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline.cancel(false);
        if (early != null) {
            early.release();
            early = null;
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!intake.ended()) {
            if (!asked) {
                ctx.read();
            }
        } else if (asked) {
            Host.readNoMore(ctx.channel());     // it waits for the answer
        } else {
            splice.abort();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        splice.abort();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException) {
            splice.abort();             // whatever it speaks, it is not SOCKS5
        } else {
            splice.broken(cause);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf octets && asked && early == null && !splice.ended()) {
            early = octets;             // sent without waiting for the answer
            return;
        }
        try {
            if (message instanceof Socks5Message heard && heard.decoderResult() == DecoderResult.SUCCESS) {
                hear(heard);
            } else {
                splice.abort();
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void hear(Socks5Message message) {
        switch (message) {
            case Socks5InitialRequest hello -> greet(hello);
            case Socks5PasswordAuthRequest login -> login(login);
            case Socks5CommandRequest request -> {
                asked = true;
                request(request);
            }
            default -> splice.abort();
        }
    }

    /// RFC 1928 §3.
    private void greet(Socks5InitialRequest hello) {
        Socks5AuthMethod wanted = config.user().isEmpty() ? Socks5AuthMethod.NO_AUTH
                : Socks5AuthMethod.PASSWORD;
        if (!hello.authMethods().contains(wanted)) {
            last(new DefaultSocks5InitialResponse(Socks5AuthMethod.UNACCEPTED));
            return;
        }
        channel.pipeline().replace(DECODER, DECODER, wanted == Socks5AuthMethod.NO_AUTH
                ? requests() : new Socks5PasswordAuthRequestDecoder());
        channel.writeAndFlush(new DefaultSocks5InitialResponse(wanted));
    }

    /// RFC 1929 §2.
    private void login(Socks5PasswordAuthRequest login) {
        // Both are compared, each in constant time.
        if (same(config.user(), login.username()) & same(config.password(), login.password())) {
            channel.pipeline().replace(DECODER, DECODER, requests());
            channel.writeAndFlush(new DefaultSocks5PasswordAuthResponse(Socks5PasswordAuthStatus.SUCCESS));
        } else {
            last(new DefaultSocks5PasswordAuthResponse(Socks5PasswordAuthStatus.FAILURE));
        }
    }

    private static boolean same(String ours, String theirs) {
        return MessageDigest.isEqual(ours.getBytes(StandardCharsets.UTF_8),
                theirs.getBytes(StandardCharsets.UTF_8));
    }

    private static Socks5CommandRequestDecoder requests() {
        return new Socks5CommandRequestDecoder(SocksGuest::address);
    }

    /// Reads the address of a request, or nothing in place of one that Netty's decoder would not pass on, so
    /// that it is answered: of a type that is none, or a name that cannot be one.
    private static String address(Socks5AddressType type, ByteBuf octets) throws Exception {
        boolean name = type.equals(Socks5AddressType.DOMAIN);
        if (!name && !type.equals(Socks5AddressType.IPv4) && !type.equals(Socks5AddressType.IPv6)) {
            return "";
        }
        String text = Socks5AddressDecoder.DEFAULT.decodeAddress(type, octets);
        return name && !encodable(text) ? "" : text;
    }

    private static boolean encodable(String name) {
        try {
            return IDN.toASCII(name).length() <= LONGEST_NAME;
        } catch (IllegalArgumentException e) {      // a label of more than 63 octets, or not of ASCII
            return false;
        }
    }

    /// RFC 1928 §4.
    private void request(Socks5CommandRequest request) {
        if (!request.type().equals(Socks5CommandType.CONNECT)) {
            refuse(Socks5CommandStatus.COMMAND_UNSUPPORTED);
        } else if (request.dstAddrType().equals(Socks5AddressType.IPv4)) {
            connect(Ip4Addr.parse(request.dstAddr()), request.dstPort());
        } else if (!request.dstAddrType().equals(Socks5AddressType.DOMAIN)) {
            refuse(Socks5CommandStatus.ADDRESS_UNSUPPORTED);
        } else if (!names.ask(request.dstAddr(), channel.eventLoop(),
                answer -> resolved(answer, request.dstPort()))) {
            refuse(Socks5CommandStatus.FAILURE);
        }
    }

    private void resolved(Names.Answer answer, int port) {
        if (splice.ended() || answered) {
            return;
        }
        if (answer.address() != null) {
            connect(answer.address(), port);
        } else {
            refuse(answer.known() ? Socks5CommandStatus.ADDRESS_UNSUPPORTED
                    : Socks5CommandStatus.HOST_UNREACHABLE);
        }
    }

    /// From here on the stack counts the time, and says so when it is up.
    private void connect(Ip4Addr address, int port) {
        deadline.cancel(false);
        try {
            var socket = splice.relay.context().tcp().connect(null, new Endpoint(address, port),
                    ForwardGuest.options(config));
            bound = socket.local();
            splice.stack(socket, this);
        } catch (SocketException e) {
            splice.relay.stats().failed.increment();
            refuse(status(e));
        }
    }

    @Override
    public void opened() {
        ChannelPipeline pipeline = channel.pipeline();
        channel.writeAndFlush(new DefaultSocks5CommandResponse(Socks5CommandStatus.SUCCESS,
                Socks5AddressType.IPv4, bound.addr().toString(), bound.port()));
        pipeline.remove(DECODER);       // passes on what it still has
        ByteBuf first = early;
        early = null;
        pipeline.remove(ENCODER);
        pipeline.remove(this);
        splice.flow(first);
    }

    @Override
    public void failed(SocketException why) {
        refuse(why == null ? Socks5CommandStatus.FAILURE : status(why));
    }

    /// RFC 1928 §6.
    private static Socks5CommandStatus status(SocketException why) {
        return switch (why.error()) {
            case ECONNREFUSED -> Socks5CommandStatus.CONNECTION_REFUSED;
            case ENETUNREACH, ENETDOWN -> Socks5CommandStatus.NETWORK_UNREACHABLE;
            case EHOSTUNREACH, ETIMEDOUT -> Socks5CommandStatus.HOST_UNREACHABLE;
            case EACCES -> Socks5CommandStatus.FORBIDDEN;
            default -> Socks5CommandStatus.FAILURE;
        };
    }

    private void refuse(Socks5CommandStatus status) {
        last(new DefaultSocks5CommandResponse(status, Socks5AddressType.IPv4));
    }

    /// RFC 1928 §6: after a refusal the connection ends, in order, so that the reply arrives.
    private void last(Socks5Message message) {
        deadline.cancel(false);
        asked = true;
        answered = true;
        channel.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE);
    }
}
