package org.splnet.control;

import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Deferred;
import org.splnet.service.http.HttpError;
import org.splnet.service.status.Json;

/// A request that a thread of its own sees to, because it may take its time. What comes of it is brought to
/// the session that waits for it, on the poller's thread.
record Errand(ControlServer server, ControlSession session, Paths.Action action, byte[] body)
        implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.control");

    /// Sends for it: at once, or, if it only looks, after others of its user.
    void send() {
        if (looks()) {
            session.owner().account().look(this::start);
        } else {
            start();
        }
    }

    private boolean looks() {
        return action.need() == Paths.Need.LOOK;
    }

    private void start() {
        try {
            server.workers().execute(this);
        } catch (RejectedExecutionException e) {
            session.refuse(HttpError.unavailable("The daemon is stopping."));
            ended();
        }
    }

    private void ended() {
        if (looks()) {
            session.owner().account().looked();
        }
    }

    /// By a thread of its own, holding nothing.
    @Override
    public void run() {
        Runnable done = done();
        server.poller().execute(() -> {
            try {
                done.run();
            } finally {
                ended();                // or those of the user that wait behind it never begin
            }
        });
    }

    private Runnable done() {
        try {
            Object value = action.run(body);
            if (value instanceof PullStream stream) {
                return () -> begin(stream);
            }
            Document document = value == null || value instanceof Document ? (Document) value
                    : new Document(Json.TYPE, server.json().octets(value));
            return () -> answer(document);
        } catch (HttpError e) {
            return () -> session.refuse(e);
        } catch (RuntimeException | Error e) {
            return () -> session.refuse(fault(e));
        } finally {
            Deferred.run();             // this thread ends, and what was left here would never be run
        }
    }

    private void answer(Document document) {
        try {
            session.owner().account().checkUnread(document == null ? 0 : document.octets().length);
        } catch (HttpError e) {
            session.refuse(e);
            return;
        }
        session.answer(document);
    }

    private void begin(PullStream stream) {
        PullStream counted;
        try {
            counted = new CountedStream(stream, session.owner().account());
        } catch (HttpError e) {
            stream.close();
            session.refuse(e);
            return;
        }
        session.answer(counted);
    }

    /// The answer to a request that we could not do although it was right.
    static HttpError fault(Throwable e) {
        LOG.error("control request met a fault of ours", e);
        return HttpError.fault("This is a fault of the daemon; its log has more.");
    }
}
