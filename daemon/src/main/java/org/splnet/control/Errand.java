package org.splnet.control;

import java.util.concurrent.RejectedExecutionException;
import org.splnet.kern.Deferred;
import org.splnet.service.http.HttpError;
import org.splnet.service.status.Json;

/// A request that a thread of its own sees to, because it may take its time. What comes of it is brought to
/// the session that waits for it, on the poller's thread.
final class Errand implements Runnable {
    private final ControlServer server;
    private final ControlSession session;
    private final Paths.Action action;
    private final byte[] body;
    private boolean counted;            // as a stream of its user; by the poller's thread

    Errand(ControlServer server, ControlSession session, Paths.Action action, byte[] body) {
        this.server = server;
        this.session = session;
        this.action = action;
        this.body = body;
    }

    /// Sends for it: at once, or, if it only looks, after others of its user.
    ///
    /// @return for when nobody waits for it any more: if it only looks and has not begun, it never does
    Runnable send() {
        Account account = session.owner().account();
        if (looks()) {
            account.look(this);
        } else {
            run();
        }
        return () -> account.lookNot(this);
    }

    private boolean looks() {
        return action.need() == Paths.Need.LOOK;
    }

    /// It is its turn.
    @Override
    public void run() {
        try {
            count();
            server.workers(action.kind()).execute(() -> over(done()));
        } catch (HttpError e) {
            over(() -> session.refuse(e));
        } catch (RejectedExecutionException e) {
            over(() -> session.refuse(stopping()));
        }
    }

    /// Before it is made: what is made for clients that have gone, and is not done, is their user's too.
    private void count() throws HttpError {
        if (action.kind() == Paths.Kind.STREAM) {
            session.owner().account().streamOpened();
            counted = true;
        }
    }

    /// @param done brings what came of it
    private void over(Runnable done) {
        server.poller().execute(() -> {
            try {
                done.run();
            } catch (RuntimeException | Error e) {
                session.close();        // or it waited for ever for what cannot be said
                throw e;
            } finally {
                if (counted) {
                    session.owner().account().streamClosed();
                }
                if (looks()) {
                    session.owner().account().looked();     // or those that wait behind it never begin
                }
            }
        });
    }

    /// By a thread of its own, holding nothing.
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
            HttpError why = Thread.currentThread().isInterrupted() ? stopping() : e;
            return () -> session.refuse(why);
        } catch (RuntimeException | Error e) {
            return () -> session.refuse(server.why(e));
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
        counted = false;                // from here on by the stream
        session.answer(new CountedStream(stream, session.owner().account()));
    }

    private static HttpError stopping() {
        return HttpError.unavailable("The daemon is stopping.");
    }
}
