package org.splnet.control;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.splnet.service.http.HttpError;

/// What is done with `/v1/relays` and what is below it.
final class RelayCalls {
    static final String PATH = "/v1/relays";

    private static final int DIGITS = 9;

    private final Steering steering;

    RelayCalls(Steering steering) {
        this.steering = steering;
    }

    void register(Paths paths) {
        paths.on(PATH, HttpMethod.POST, request -> open(request.body()));
        paths.on(PATH + "/{id}", HttpMethod.DELETE, request -> close(request.parameter(0)));
    }

    /// Opens one; answers it.
    private Object open(byte[] body) throws HttpError {
        try {
            return steering.openRelay(Body.object(body));
        } catch (IllegalArgumentException e) {
            throw Body.refused(e.getMessage() + ".");
        } catch (IllegalStateException e) {
            throw new HttpError(HttpResponseStatus.CONFLICT, e.getMessage() + ".");
        }
    }

    /// Ends the one of that number; answers nothing.
    private Object close(String id) throws HttpError {
        boolean number = !id.isEmpty() && id.length() <= DIGITS
                && id.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number || !steering.closeRelay(Integer.parseInt(id))) {
            throw HttpError.notFound("There is no relay of that number; " + PATH + " lists them.");
        }
        return null;
    }
}
