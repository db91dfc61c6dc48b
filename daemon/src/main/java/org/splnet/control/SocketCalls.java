package org.splnet.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.splnet.control.Body.Member;
import org.splnet.service.http.HttpError;
import org.splnet.service.http.Requests;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;

/// What can be asked of, and done to, a socket that a client has: the paths below `/v1/sockets/`. By the
/// poller's thread; nothing here waits.
final class SocketCalls {
    private final SocketTable table;

    SocketCalls(SocketTable table) {
        this.table = table;
    }

    void call(SocketCall call, ControlSession session, HttpRequest request, byte[] body) throws HttpError {
        long id = call.id(Requests.path(request));
        if (call == SocketCall.ERROR) {
            session.answer(error(session.owner(), id, HttpMethod.HEAD.equals(request.method())));
            return;
        }
        Lent lent = find(session.owner(), id);
        switch (call) {
            case SHOW -> session.answer(lent.show());
            case END -> {
                table.end(lent);
                session.answer((Object) null);
            }
            case OPTIONS -> session.answer(OptionNames.show(lent.protocol(), lent.socket().options()));
            case CHANGE -> session.answer(OptionNames.show(lent.protocol(), change(lent, body)));
            case QUEUES -> session.answer(queues(lent));
            case REMOTE -> {
                connect(session.owner(), lent, body);
                session.answer(Map.of(SocketDesk.LOCAL, lent.datagram().local().toString()),
                        lent.show());
            }
            default -> throw new IllegalArgumentException(call.toString());
        }
    }

    private Lent find(Owner asking, long id) throws HttpError {
        Lent lent = table.get(id);
        if (lent == null) {
            throw HttpError.ofCall(HttpResponseStatus.NOT_FOUND, "There is no socket " + id + ".", "EBADF");
        }
        if (!asking.mayTouch(lent.owner())) {
            throw SocketErrors.forbidden("Socket " + id + " belongs to uid " + lent.owner().user()
                    + ", and rule " + asking.rule().name() + " does not let uid " + asking.user()
                    + " touch others' sockets.");
        }
        return lent;
    }

    private SocketOptions change(Lent lent, byte[] body) throws HttpError {
        JsonNode changes = Body.parse(body);
        SocketOptions next = OptionNames.apply(lent.socket().options(), changes);
        OptionNames.check(lent.protocol(), changes);
        table.take(lent);
        lent.socket().options(next);
        return lent.socket().options();
    }

    private void connect(Owner asking, Lent lent, byte[] octets) throws HttpError {
        if (lent.datagram() == null) {
            throw SocketErrors.refused("EISCONN", "Only a datagram socket can be connected anew.");
        }
        JsonNode to = Body.of(octets, Member.required("remote", "an address and port in quotes, or null"))
                .node("remote");
        Endpoint remote = to.isNull() ? null : Numbers.endpoint("remote", to.asText());
        if (remote != null) {
            Policy.checkConnect(asking, Lent.ruled(lent.protocol(), remote));
        }
        table.take(lent);
        try {
            lent.datagram().connect(remote);
        } catch (SocketException e) {
            throw SocketErrors.of(e);
        }
    }

    /// Only its user takes the error: who looks, because he may steer or by HEAD, leaves it to him.
    private Map<String, Object> error(Owner asking, long id, boolean looks) {
        SocketTable.Ended was = table.ended(id, asking);
        if (!looks) {
            table.forgetEnded(id, asking.who().uid());
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("errno", was != null ? was.error().name()
                : table.strange(id) ? SockError.ECONNRESET.name() : null);
        if (was != null && was.fin()) {
            answer.put("fin", true);
        }
        return answer;
    }

    private static Map<String, Object> queues(Lent lent) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("in", lent.stream() != null ? lent.stream().receiveQueued()
                : lent.listener() != null ? lent.listener().queued() : lent.datagram().receiveQueued());
        answer.put("out", lent.stream() != null ? lent.stream().sendQueued() : 0);
        return answer;
    }
}
