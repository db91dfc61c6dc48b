package org.splnet.control;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.splnet.service.http.HttpError;
import org.splnet.service.status.Resources;
import org.splnet.service.status.StackSource;

/// What is done with which path by which method.
final class Paths {
    /// Does one thing. May block.
    interface Action {
        /// @param body of the request, empty where there was none
        /// @return what is answered as JSON; null for nothing (204)
        Object run(byte[] body) throws HttpError;
    }

    static final String ADVANCE = "advance-ns";
    /// A year: a sum that cannot overflow, and an end to what one request may ask for.
    static final long MOST_NS = 31_536_000_000_000_000L;

    private static final String WITNESS = "witness";

    private final Map<String, Map<HttpMethod, Action>> all = new HashMap<>();

    Paths(StackSource source, Steering steering) {
        Resources.of(source).forEach((name, value) -> on("/v1/" + name, HttpMethod.GET, body -> value.get()));
        on("/v1/locks", HttpMethod.PUT, body -> {
            witness(steering, Body.text(body, WITNESS, "the name of a mode in quotes"));
            return source.locks();
        });
        on("/v1/locks", HttpMethod.DELETE, body -> {
            steering.forgetLocks();
            return source.locks();
        });
        on("/v1/clock", HttpMethod.GET, body -> clock(steering, -1));
        on("/v1/clock", HttpMethod.POST, body -> clock(steering, Body.number(body, ADVANCE, MOST_NS)));
        on("/v1/reset", HttpMethod.POST, body -> {
            steering.reset();
            return null;
        });
    }

    /// Who answers.
    ///
    /// @throws HttpError 404 or 405
    Action action(HttpMethod method, String path) throws HttpError {
        Map<HttpMethod, Action> methods = all.get(path);
        if (methods == null) {
            throw HttpError.notFound("There is nothing at this path; there is "
                    + String.join(", ", new TreeSet<>(all.keySet())) + ".");
        }
        Action action = methods.get(method);
        if (action == null) {
            TreeSet<String> names = new TreeSet<>();
            methods.keySet().forEach(each -> names.add(each.name()));
            String allow = String.join(", ", names);
            throw new HttpError(HttpResponseStatus.METHOD_NOT_ALLOWED,
                    "This resource has " + allow + " only.", allow);
        }
        return action;
    }

    private void on(String path, HttpMethod method, Action action) {
        Map<HttpMethod, Action> methods = all.computeIfAbsent(path, key -> new HashMap<>());
        methods.put(method, action);
        if (method.equals(HttpMethod.GET)) {
            methods.put(HttpMethod.HEAD, action);
        }
    }

    private static void witness(Steering steering, String mode) throws HttpError {
        try {
            steering.witness(mode);
        } catch (IllegalArgumentException e) {
            throw Body.refused(WITNESS + ": " + e.getMessage() + ".");
        }
    }

    /// @param ns negative to read it only
    private static Map<String, Object> clock(Steering steering, long ns) throws HttpError {
        try {
            Map<String, Object> answer = new LinkedHashMap<>();
            if (ns >= 0) {
                answer.put("fired", steering.advance(ns));
            }
            Steering.ClockReading reading = steering.clock();
            answer.put("now-ns", reading.nowNs());
            answer.put("next-due-ns", reading.nextDueNs() == Long.MAX_VALUE ? null : reading.nextDueNs());
            return answer;
        } catch (IllegalStateException e) {
            throw new HttpError(HttpResponseStatus.CONFLICT, e.getMessage() + ".");
        }
    }
}
