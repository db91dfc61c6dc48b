package org.splnet.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.splnet.control.Body.Member;
import org.splnet.kern.Clock;
import org.splnet.service.http.HttpError;
import org.splnet.service.http.Requests;
import org.splnet.socket.DatagramProtocol;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.LocalEnd;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamProtocol;
import org.splnet.socket.StreamSocket;
import org.splnet.unix.Errno;
import org.splnet.unix.Poller;
import org.splnet.unix.Ring;
import org.splnet.wire.Endpoint;

/// Opens sockets for clients: `CONNECT` and the paths below `/v1/` that docs/sockets.md describes. By the
/// poller's thread.
final class SocketDesk {
    /// What there is to be lent.
    ///
    /// @param tcp streams
    /// @param udp datagrams
    /// @param echo datagrams that are ICMP echo
    /// @param allocator direct buffers for octets under way
    record Stack(StreamProtocol tcp, DatagramProtocol udp, DatagramProtocol echo, ByteBufAllocator allocator,
            Clock clock) { }

    static final String LOCAL = "Splnet-Local";
    private static final String REMOTE = "Splnet-Remote";
    private static final String SOCKET = "Splnet-Socket";
    private static final String OPTIONS = "Splnet-Options";
    private static final String PADDING = "Splnet-Padding";
    private static final int MOST_BACKLOG = 65_535;
    private static final int BACKLOG = 128;
    private static final long MOST_PADDING = 1 << 24;
    private static final long LOOK_NS = 100_000_000;
    private static final long IDLE_LOOK_NS = 1_000_000_000;
    private static final Endpoint ANY = Endpoint.parse("0.0.0.0:0");

    private final Poller poller;
    private final Stack stack;
    private final SocketTable table;
    private final SocketCalls calls;
    private final Parking parking;
    private final Scratch scratch;

    SocketDesk(Poller poller, Stack stack) {
        this.poller = poller;
        this.stack = stack;
        this.table = new SocketTable(stack.clock());
        this.calls = new SocketCalls(table);
        this.parking = new Parking(poller, table);
        this.scratch = new Scratch(stack.allocator(), DatagramRelay.MOST_READ);
    }

    /// Begins to watch what is in the queues.
    void start() {
        poller.after(table.all().isEmpty() ? IDLE_LOOK_NS : LOOK_NS, () -> {
            table.count();
            start();
        });
    }

    Poller poller() {
        return poller;
    }

    ByteBufAllocator allocator() {
        return stack.allocator();
    }

    /// What a datagram relay reads into. By the poller's thread.
    Scratch scratch() {
        return scratch;
    }

    SocketTable table() {
        return table;
    }

    Parking parking() {
        return parking;
    }

    /// Which of its calls a request is; null for none.
    ///
    /// @throws HttpError 405 for another method than there is
    static SocketCall asked(HttpRequest request) throws HttpError {
        return HttpMethod.CONNECT.equals(request.method()) ? SocketCall.CONNECT
                : SocketCall.at(request.method(), Requests.path(request));
    }

    /// @throws HttpError 411 for chunks before a stream: behind them one cannot tell where that begins; 422
    ///     for a query, which none of its calls takes
    static void check(SocketCall call, HttpRequest request) throws HttpError {
        if (call != SocketCall.CONNECT) {
            Query.of(Requests.query(request), Set.of());
        }
        if (SocketCall.isStream(call) && HttpUtil.isTransferEncodingChunked(request)) {
            throw new HttpError(HttpResponseStatus.LENGTH_REQUIRED, "What follows is the stream: no chunks.");
        }
    }

    /// Does what is asked for, and sees to it that `session` is answered.
    void call(SocketCall call, ControlSession session, HttpRequest request, byte[] body) throws HttpError {
        switch (call) {
            case CONNECT -> connect(session, request);
            case BIND -> bind(session, body);
            case LISTEN -> listen(session, body);
            case DATAGRAM -> datagram(session, body);
            case ATTACH -> attach(session, request, call.id(Requests.path(request)));
            default -> calls.call(call, session, request, body);
        }
    }

    // ---- connections

    private void connect(ControlSession session, HttpRequest request) throws HttpError {
        Endpoint remote = Numbers.endpoint("The request's target", request.uri());
        String from = request.headers().get(LOCAL);
        Endpoint local = from == null ? null : Numbers.endpoint(LOCAL, from);
        String header = request.headers().get(OPTIONS);
        SocketOptions options = options(session.owner(), header == null ? null
                : Body.parse(OPTIONS, header));
        long padding = Numbers.within(PADDING, request.headers().get(PADDING), MOST_PADDING);
        Owner owner = session.owner();
        Policy.checkConnect(owner, remote);
        if (local != null) {
            Policy.checkBind(owner, local);
        }
        RingEnd ring = ring(owner, request);
        try {
            connect(session, remote, local, options, ring, padding);
        } catch (HttpError | RuntimeException | Error e) {
            RingEnd.discard(ring);
            throw e;
        }
    }

    private void connect(ControlSession session, Endpoint remote, Endpoint local, SocketOptions options,
            RingEnd ring, long padding) throws HttpError {
        Owner owner = session.owner();
        owner.account().connecting(stack.clock().nanoTime());
        LocalEnd bound = local == null ? session.bound() : null;
        StreamSocket socket = null;
        try {
            socket = bound != null ? stack.tcp().connectFrom(bound, remote, options)
                    : stack.tcp().connect(local, remote, options);
        } catch (SocketException e) {
            throw SocketErrors.of(e);
        } finally {
            if (socket == null) {
                owner.account().decided();
            }
        }
        new Connecting(this, session, lend(owner, socket), ring, padding).start();
    }

    private RingEnd ring(Owner owner, HttpRequest request) throws HttpError {
        return RingEnd.open(poller, owner, Numbers.within(RingEnd.FIELD, request.headers().get(RingEnd.FIELD),
                Ring.MOST));
    }

    /// A connection becomes a client's.
    Lent lend(Owner owner, StreamSocket socket) {
        Lent lent = Lent.stream(table.next(), owner, socket);
        socket.user(owner.toString());
        table.add(lent);
        return lent;
    }

    /// The client's descriptor becomes the connection.
    ///
    /// @param ring that it is to share; null for none
    void relay(Lent lent, Handover at, RingEnd ring, long padding) {
        new StreamRelay(poller, stack.allocator(), table, lent, at, ring, padding).start();
    }

    /// The session's connection becomes a socket; or both end, if there is no memory for what is under way.
    ///
    /// @param ring null for none
    void become(ControlSession session, Lent lent, RingEnd ring, String head, Consumer<Handover> next) {
        try {
            session.become(head, next);
        } catch (RuntimeException | Error fault) {
            session.close();
            RingEnd.discard(ring);
            lent.end();
            table.remove(lent);
            throw fault;
        }
    }

    /// The head of the answer that makes a Unix connection a socket.
    ///
    /// @param ring that is shared; null for none
    static String head(long id, Endpoint local, Endpoint remote, RingEnd ring) {
        return "HTTP/1.1 200 OK\r\n" + SOCKET + ": " + id + "\r\n" + LOCAL + ": " + local + "\r\n"
                + (remote == null ? "" : REMOTE + ": " + remote + "\r\n")
                + (ring == null ? "" : RingEnd.FIELD + ": " + ring.capacity() + "\r\n") + "\r\n";
    }

    // ---- listeners

    private void bind(ControlSession session, byte[] octets) throws HttpError {
        Body body = Body.of(octets, Member.required("protocol", "\"tcp\""),
                Member.optional("local", "an address and port in quotes"),
                Member.optional("options", "an object of options"));
        if (!"tcp".equals(body.text("protocol"))) {
            throw Body.refused("protocol: must be \"tcp\"; a datagram socket is bound when it is opened.");
        }
        Endpoint local = local(body);
        SocketOptions options = options(session.owner(), body.node("options"));
        Policy.checkBind(session.owner(), local);
        session.owner().account().checkRoom();
        LocalEnd before = session.bound();
        if (before != null) {
            throw SocketErrors.refused("EINVAL", "This connection has bound " + before.local() + " already.");
        }
        try {
            LocalEnd end = stack.tcp().bind(local, options);
            session.bound(end);
            session.answer(Map.of(LOCAL, end.local().toString()), null);
        } catch (SocketException e) {
            throw SocketErrors.of(e);
        }
    }

    private void listen(ControlSession session, byte[] octets) throws HttpError {
        Body body = Body.of(octets, Member.optional("local", "an address and port in quotes"),
                Member.optional("backlog", "a whole number in 1.." + MOST_BACKLOG),
                Member.optional("options", "an object of options"),
                Member.optional("descriptors", "true or false"), Member.optional("ring", RingEnd.ALLOWED));
        Owner owner = session.owner();
        SocketOptions options = options(owner, body.node("options"));
        int backlog = (int) Math.max(1, body.number("backlog", BACKLOG, MOST_BACKLOG));
        boolean descriptors = body.bool("descriptors", false);
        long ring = body.number("ring", 0, Ring.MOST);
        RingEnd.check("ring", ring);
        if (ring > 0 && !descriptors) {
            throw SocketErrors.refused("EINVAL", "ring: goes with \"descriptors\": true; who attaches to a"
                    + " connection by its number asks for one then.");
        }
        owner.account().checkRoom();
        Endpoint local = local(body);
        LocalEnd bound = body.text("local") == null ? session.bound() : null;
        if (bound == null) {
            Policy.checkBind(owner, local);
        }
        ListenSocket listener;
        try {
            listener = bound != null ? stack.tcp().listenAt(bound, backlog, options)
                    : stack.tcp().listen(local, backlog, options);
        } catch (SocketException e) {
            throw SocketErrors.of(e);
        }
        listener.user(owner.toString());
        Lent lent = Lent.listener(table.next(), owner, listener);
        table.add(lent);
        become(session, lent, null, head(lent.id(), listener.local(), null, null),
                at -> new ListenRelay(this, lent, at, descriptors, ring).start());
    }

    /// True if `owner` may have one more socket.
    boolean room(Owner owner) {
        return owner.account().room();
    }

    private void attach(ControlSession session, HttpRequest request, long id) throws HttpError {
        RingEnd ring = ring(session.owner(), request);
        Lent lent = parking.take(id, session.owner());
        if (lent == null) {
            RingEnd.discard(ring);
            throw HttpError.notFound("No connection " + id + " waits to be taken by uid "
                    + session.owner().user() + ".");
        }
        StreamSocket socket = lent.stream();
        become(session, lent, ring, head(id, socket.local(), socket.remote(), ring),
                at -> relay(lent, at, ring, 0));
    }

    /// Ends all sockets.
    void close() {
        parking.close();
        List.copyOf(table.all()).forEach(table::end);
        scratch.close();
    }

    // ---- datagrams

    private void datagram(ControlSession session, byte[] octets) throws HttpError {
        Body body = Body.of(octets, Member.optional("protocol", "\"udp\" or \"icmp\""),
                Member.optional("local", "an address and port in quotes"),
                Member.optional("remote", "an address and port in quotes"),
                Member.optional("options", "an object of options"),
                Member.optional("descriptors", "true or false"));
        String protocol = body.text("protocol") == null ? Lent.UDP : body.text("protocol");
        if (!protocol.equals(Lent.UDP) && !protocol.equals(Lent.ICMP)) {
            throw SocketErrors.refused("EPROTONOSUPPORT", "protocol: must be \"udp\" or \"icmp\".");
        }
        Owner owner = session.owner();
        Endpoint local = local(body);
        Endpoint remote = body.text("remote") == null ? null
                : Numbers.endpoint("remote", body.text("remote"));
        SocketOptions options = options(owner, body.node("options"));
        boolean descriptors = body.bool("descriptors", false);
        Policy.checkBind(owner, local);
        if (remote != null) {
            Policy.checkConnect(owner, Lent.ruled(protocol, remote));
        }
        owner.account().checkRoom();
        int passed = descriptors ? session.takePassed() : -1;
        try {
            if (passed == -Errno.EMFILE) {
                throw SocketErrors.tooMany("EMFILE", "The daemon has no room for one more descriptor.");
            }
            if (descriptors && passed < 0) {
                throw SocketErrors.refused("EINVAL", "With \"descriptors\": true one end of a"
                        + " socketpair(AF_UNIX, SOCK_SEQPACKET) must come with the request.");
            }
            DatagramSocket socket = open(protocol, local, remote, options);
            Lent lent = Lent.datagram(table.next(), owner, protocol, socket);
            lent.datagram().user(owner.toString());
            if (descriptors) {
                lendPackets(session, lent, passed);
                passed = -1;
            } else {
                table.add(lent);
                become(session, lent, null, head(lent.id(), lent.datagram().local(), remote, null),
                        at -> new DatagramRelay(this, lent, at, Framing.STREAM).start());
            }
        } catch (SocketException e) {
            throw SocketErrors.of(e);
        } finally {
            owner.account().closer().close(passed);
        }
    }

    private DatagramSocket open(String protocol, Endpoint local, Endpoint remote, SocketOptions options)
            throws SocketException {
        DatagramSocket socket = (protocol.equals(Lent.ICMP) ? stack.echo() : stack.udp())
                .bind(local, options);
        try {
            if (remote != null) {
                socket.connect(remote);
            }
            return socket;
        } catch (SocketException e) {
            socket.close();
            throw e;
        }
    }

    /// @param passed a descriptor for the datagrams, the relay's from now on
    private void lendPackets(ControlSession session, Lent lent, int passed) throws HttpError {
        Endpoint local = lent.datagram().local();
        long key = poller.watch(passed, null, 0);
        if (key < 0) {
            lent.end();
            throw SocketErrors.tooMany("ENOBUFS", "The kernel watches no more descriptors (errno " + -key
                    + ").");
        }
        table.add(lent);
        new DatagramRelay(this, lent, new Handover(passed, key, null, null, false), Framing.PACKETS).start();
        session.answer(Map.of(SOCKET, Long.toString(lent.id()), LOCAL, local.toString()), null);
    }

    // ---- what requests say

    private static Endpoint local(Body body) throws HttpError {
        String text = body.text("local");
        return text == null ? ANY : Numbers.endpoint("local", text);
    }

    private static SocketOptions options(Owner owner, JsonNode node) throws HttpError {
        SocketOptions own = SocketOptions.DEFAULTS.withUser(owner.who().uid());
        return node == null ? own : OptionNames.apply(own, node);
    }
}
