package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;
import java.util.function.Consumer;
import org.splnet.service.http.HttpCodec;
import org.splnet.service.http.HttpError;
import org.splnet.service.http.Requests;
import org.splnet.service.status.Json;
import org.splnet.socket.LocalEnd;
import org.splnet.unix.Alarm;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.unix.Poller;

/// One Unix connection while it is one of requests and answers: reads a request, has it done, answers, and
/// reads the next. A request that is broken, or refused before it was read to its end, is the last one.
///
/// A call for a socket may make the connection that socket: then it is handed over, with what the client has
/// sent beyond the request. Everything here is by the poller's thread.
final class ControlSession {
    private enum Phase { READING, WORKING, STREAMING, ENDING, OVER }

    private static final int ROOM = 4 << 10;
    private static final int BURST = 8;                // steps before others have their turn
    private static final byte[] NOTHING = {};

    private final ControlServer server;
    private final Owner owner;
    private final int fd;
    private final Outbox out;
    private final Inbox in;
    private final HttpCodec codec;
    private final Incoming request = new Incoming();
    private Phase phase = Phase.READING;
    private SocketCall call;            // that the request is; null if it is about no socket
    private Paths.Action action;        // that it asks for then
    private boolean clientGone;
    private boolean looping;
    private boolean resting;            // between two requests
    private long key;
    private Alarm deadline;
    private Runnable waiting;           // undoes what the client waits for
    private LocalEnd bound;
    private StreamedAnswer streamed;

    ControlSession(ControlServer server, Owner owner, int fd) {
        this.server = server;
        this.owner = owner;
        this.fd = fd;
        this.codec = new HttpCodec(server.allocator());
        this.in = new Inbox(server.allocator(), fd, owner.account().closer(),
                new Again(server.poller(), this::pull));
        this.out = new Outbox(server.allocator(), fd, owner.account());
    }

    /// Instead of [#start]: answers, and leaves it at that.
    void turnAway(HttpError why) {
        request.isLast();
        out.add(codec, request.answer(why.status(), Document.of(why, server.json()), null, null));
        out.flush();
        codec.close();
        out.close();
        in.close();
    }

    /// Begins. False if it could not, and is over.
    boolean start() {
        key = server.poller().watch(fd, this::ready, RoomWatch.ALWAYS);
        if (key < 0) {
            in.close();
            return false;
        }
        // For the whole request: a client that sends an octet now and then is as slow as one that sends none.
        deadline(server.limits().idleNs());
        return true;
    }

    private void ready(int events) {
        looping = false;                // it is if a fault has ended the last round
        if (phase == Phase.OVER) {
            return;
        }
        clientGone |= (events & (Poller.HANGUP | Poller.ERROR)) != 0;
        if (clientGone && (phase == Phase.WORKING || phase == Phase.STREAMING || !out.isEmpty())) {
            close();
            return;
        }
        if (!out.isEmpty() && phase != Phase.STREAMING) {
            flush();
        } else if (phase == Phase.STREAMING) {
            draw();
        }
        pull();
    }

    private void pull() {
        if (looping) {
            return;
        }
        looping = true;
        int steps = 0;
        while (phase == Phase.READING && out.isEmpty() && steps < BURST && (parse() || read())) {
            steps++;
        }
        looping = false;
        if (steps == BURST) {
            server.poller().execute(this::pull);
        } else if (phase == Phase.STREAMING || phase == Phase.ENDING && out.isEmpty()) {
            discard();
        } else if (phase == Phase.READING && resting && (!in.isEmpty() || request.begun())) {
            resting = false;
            deadline(server.limits().idleNs());
        }
    }

    /// @return false if there is nothing to be read just now
    private boolean read() {
        int n = in.read(ROOM);
        if (n > 0 || n == -Errno.EINTR) {
            return true;
        }
        if (n == -Errno.ENOMEM) {
            refuse(server.noMemory());
        } else if (n != -Errno.EAGAIN) {
            close();                    // the client has gone, or will not send the rest of its request
        }
        return false;
    }

    /// @return false if more is needed
    private boolean parse() {
        ByteBuf octets = request.begun() ? in.body(request.remaining()) : in.head();
        if (octets == null) {
            return false;
        }
        codec.feed(octets);
        for (HttpObject message; (message = codec.next()) != null; ) {
            try {
                if (phase == Phase.READING) {
                    take(message);
                }
            } catch (HttpError | RuntimeException | Error e) {
                refuse(server.why(e));
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
        return true;
    }

    private void take(HttpObject message) throws HttpError {
        Requests.checkDecoded(message.decoderResult());
        if (message instanceof HttpRequest head) {
            begin(head);
        }
        if (message instanceof HttpContent content) {
            request.take(content.content(), server.limits().body());
            if (message instanceof LastHttpContent) {
                submit();
            }
        }
    }

    private void begin(HttpRequest head) throws HttpError {
        request.begin(head);
        call = SocketDesk.asked(head);          // first: of a stream that is refused both directions end
        request.check(server.limits().body());
        if (call == null) {
            action = server.paths().action(head.method(), Requests.path(head), Requests.query(head));
            Policy.check(owner, action.need());
        } else {
            SocketDesk.check(call, head);
        }
        if (HttpUtil.is100ContinueExpected(head)) {
            out.add(codec.encode(Incoming.goOn()));
            flush();
        }
    }

    private void submit() throws HttpError {
        phase = Phase.WORKING;
        deadline.cancel();
        if (call == null) {
            waits(new Errand(server, this, action, request.body()).send());
        } else {
            server.desk().call(call, this, request.head(), request.body());
        }
    }

    /// Answers with JSON, or with nothing if `value` is null.
    void answer(Object value) {
        answer(Document.of(value, server.json()));
    }

    void answer(Document document) {
        var status = document == null ? HttpResponseStatus.NO_CONTENT : HttpResponseStatus.OK;
        answer(status, document, null, null);
    }

    /// Answers piece by piece.
    void answer(PullStream stream) {
        if (phase == Phase.OVER || request.wantsHead()) {
            stream.close();
            answer(new Document(stream.type(), NOTHING));
            return;
        }
        request.isLast();
        streamed = new StreamedAnswer(server, stream, out, request.takesChunks(), this::draw);
        if (!out.add(codec, request.streamed(stream.type(), request.takesChunks()))) {
            close();
            return;
        }
        phase = Phase.STREAMING;
        streamed.start();
        draw();
        pull();                         // throws away what came behind the request; our peer may be in it
    }

    private void draw() {
        int steps = 0;
        do {
            flush();
        } while (phase == Phase.STREAMING && streamed.draw() && ++steps < BURST);
        if (steps == BURST) {
            server.poller().execute(this::draw);
        } else if (phase == Phase.STREAMING && streamed.over() && out.isEmpty()) {
            next();
        }
    }

    /// Answers with header fields, and with JSON unless `value` is null.
    void answer(Map<String, String> fields, Object value) {
        byte[] octets = value == null ? NOTHING : server.json().octets(value);
        answer(HttpResponseStatus.OK, new Document(Json.TYPE, octets), null, fields);
    }

    /// Behind a connect or an attach that fails comes padding, or what was for the peer: no request. Nor is
    /// one behind what was not read to its end.
    void refuse(HttpError error) {
        if (phase == Phase.READING || SocketCall.isStream(call)) {
            request.isLast();
        }
        answer(error.status(), Document.of(error, server.json()), error.allow(), null);
    }

    private void answer(HttpResponseStatus status, Document document, String allow,
            Map<String, String> fields) {
        if (phase != Phase.OVER && out.add(codec, request.answer(status, document, allow, fields))) {
            next();
        } else {
            close();
        }
    }

    private void next() {
        waiting = null;
        server.in(this);
        phase = request.last() ? Phase.ENDING : Phase.READING;
        resting = !request.last();
        deadline(server.limits().idleNs());
        request.end();
        in.forgetPassed();
        flush();
        pull();
    }

    private void flush() {
        int n = out.flush();
        if (n > 0 || n == -Errno.EAGAIN) {
            server.poller().interest(key, RoomWatch.ALWAYS | Poller.OUT);
            if (n > 0 && phase != Phase.STREAMING) {
                deadline(server.limits().idleNs());     // it is being taken
            }
        } else if (n < 0) {
            close();
        } else if (phase == Phase.READING && resting) {
            deadline(server.limits().restNs());
        } else if (phase == Phase.ENDING && !SocketCall.isStream(call)) {       // else pull() ends both
            Fd.mine().shutdown(fd, Fd.SHUT_WR);
        }
    }

    /// Waits for the client to end the connection, throwing away what it still sends, descriptors too: ended
    /// at once, with octets unread, the connection would look broken to it before it has read the answer.
    private void discard() {
        for (int i = 0; i < BURST; i++) {
            int n = in.read(ROOM);
            in.forget();
            if (n <= 0 && n != -Errno.EINTR) {
                boolean halfClosed = n == 0 && phase == Phase.STREAMING;
                // A connect or an attach that has failed ends at once, in both directions.
                if (n == -Errno.EAGAIN || n == -Errno.ENOMEM ? SocketCall.isStream(call) : !halfClosed) {
                    close();
                }
                return;
            }
        }
        server.poller().execute(this::pull);
    }

    Owner owner() {
        return owner;
    }

    /// What is undone if the client goes before it is answered.
    void waitsFor(Runnable undo) {
        server.out(this);               // its user's quota counts it, and it may take minutes
        waits(undo);
    }

    private void waits(Runnable undo) {
        waiting = undo;
        in.forgetPassed();
        if (clientGone) {
            close();
        }
    }

    /// The local end that the client has bound on this connection, null for none. This session gives it
    /// back, unless a socket has taken it over.
    LocalEnd bound() {
        return bound;
    }

    /// Keeps a local end for a later call.
    void bound(LocalEnd end) {
        bound = end;
    }

    /// As [Inbox#takePassed].
    int takePassed() {
        return in.takePassed();
    }

    /// Makes the connection something else.
    ///
    /// @param answer the head of the answer
    void become(String answer, Consumer<Handover> next) {
        out.add(answer);
        Handover at = Handover.of(fd, key, out, in);
        end();
        next.accept(at);
    }

    private void deadline(long ns) {
        if (deadline != null) {
            deadline.cancel();
        }
        deadline = server.poller().after(ns, this::late);
    }

    private void late() {
        if (resting && bound != null && out.isEmpty()) {
            deadline(server.limits().restNs());
        } else if (phase == Phase.READING && !resting) {
            refuse(new HttpError(HttpResponseStatus.REQUEST_TIMEOUT, "The request takes too long."));
        } else {
            close();
        }
    }

    /// Ends the connection. Idempotent.
    void close() {
        if (phase == Phase.OVER) {
            return;
        }
        Runnable undo = waiting;
        end();
        if (undo != null) {
            undo.run();
        }
        server.poller().forget(fd);
        in.close();
    }

    private void end() {
        phase = Phase.OVER;
        waiting = null;
        deadline.cancel();
        request.end();
        codec.close();
        in.forget();
        out.close();
        if (bound != null) {
            bound.close();
        }
        if (streamed != null) {
            streamed.close();
        }
        server.ended(this);
    }
}
