package org.splnet.control;

import io.netty.handler.codec.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.splnet.control.Body.Member;
import org.splnet.control.Paths.Request;
import org.splnet.service.http.HttpError;
import org.splnet.service.status.StackSource;

/// The calls that change something.
final class SteeringCalls {
    static final String ADVANCE = "advance-ns";
    /// A year: a sum that cannot overflow, and an end to what one request may ask for.
    static final long MOST_NS = 31_536_000_000_000_000L;

    /// What tcpdump takes, and more than any frame has.
    private static final int MOST_OCTETS = 262_144;

    /// Octets of data in an echo request: as ping(8), and what an IP packet can carry.
    private static final int PING = 56;
    private static final int MOST_PING = 65_507;
    private static final long PING_MS = 1000;
    private static final long LONGEST_PING_MS = 5000;

    private static final String WITNESS = "witness";
    private static final String INTERFACE = "interface";
    private static final String ADDRESS = "address";
    private static final String NAME = "the name of an interface in quotes";

    private final Steering steering;
    private final StackSource source;

    SteeringCalls(Steering steering, StackSource source) {
        this.steering = steering;
        this.source = source;
    }

    void register(Paths paths) {
        paths.on("/v1/locks", HttpMethod.PUT, this::witness);
        paths.on("/v1/locks", HttpMethod.DELETE, request -> {
            steering.forgetLocks();
            return source.locks();
        });
        paths.on("/v1/clock", HttpMethod.GET, request -> clock(-1));
        paths.on("/v1/clock", HttpMethod.POST, request -> clock(Body.of(request.body(),
                Member.required(ADVANCE, "a whole number in 0.." + MOST_NS)).number(ADVANCE, 0, MOST_NS)));
        paths.on("/v1/reset", HttpMethod.POST, request -> {
            steering.reset();
            return null;
        });
        paths.on("/v1/reload", HttpMethod.POST, request -> steering.reload());
        paths.on("/v1/addresses", HttpMethod.POST, this::addAddress);
        paths.on("/v1/addresses/{interface}/{address}", HttpMethod.DELETE, request -> {
            steering.removeAddress(request.parameter(0), request.parameter(1));
            return null;
        });
        paths.on("/v1/routes", HttpMethod.POST, this::addRoute);
        paths.on("/v1/routes/{to}", HttpMethod.DELETE, request -> {
            steering.removeRoute(request.parameter(0), request.query().text("via"));
            return null;
        }, "via");
        paths.on("/v1/neighbors", HttpMethod.POST, this::addNeighbor);
        paths.on("/v1/neighbors/{interface}/{address}", HttpMethod.DELETE, request -> {
            steering.removeNeighbor(request.parameter(0), request.parameter(1));
            return null;
        });
        paths.on("/v1/leases/{interface}/renew", HttpMethod.POST,
                request -> steering.renewLease(request.parameter(0)));
        paths.on("/v1/leases/{interface}/release", HttpMethod.POST,
                request -> steering.releaseLease(request.parameter(0)));
        paths.waiting("/v1/ping", HttpMethod.POST, this::ping);
        paths.stream(Paths.Need.CAPTURE, "/v1/capture", this::capture, "filter", INTERFACE, "snaplen",
                "count", "dropped");
        paths.on("/v1/log", HttpMethod.GET, request -> steering.logLevels());
        paths.on("/v1/log", HttpMethod.PUT, this::log);
    }

    private Object witness(Request request) throws HttpError {
        String mode = Body.of(request.body(), Member.required(WITNESS, "the name of a mode in quotes"))
                .text(WITNESS);
        try {
            steering.witness(mode);
        } catch (IllegalArgumentException e) {
            throw Body.refused(WITNESS + ": " + e.getMessage() + ".");
        }
        return source.locks();
    }

    private Object addAddress(Request request) throws HttpError {
        Body body = Body.of(request.body(), Member.required(INTERFACE, NAME),
                Member.required(ADDRESS, "an address with its prefix length in quotes"),
                Member.optional("probe", "true or false"));
        return steering.addAddress(body.text(INTERFACE), body.text(ADDRESS), body.bool("probe", true));
    }

    private Object addRoute(Request request) throws HttpError {
        Body body = Body.of(request.body(),
                Member.required("to", "a network with its prefix length, or default, in quotes"),
                Member.optional("via", "a router's address in quotes"), Member.optional(INTERFACE, NAME),
                Member.optional("metric", "a whole number in 0.." + Integer.MAX_VALUE));
        return steering.addRoute(body.text("to"), body.text("via"), body.text(INTERFACE),
                (int) body.number("metric", 0, Integer.MAX_VALUE));
    }

    private Object addNeighbor(Request request) throws HttpError {
        Body body = Body.of(request.body(), Member.required(INTERFACE, NAME),
                Member.required(ADDRESS, "a host's address in quotes"),
                Member.required("mac", "a station's address in quotes"));
        return steering.addNeighbor(body.text(INTERFACE), body.text(ADDRESS), body.text("mac"));
    }

    private Object ping(Request request) throws HttpError {
        Body body = Body.of(request.body(), Member.required(ADDRESS, "a host's address in quotes"),
                Member.optional("octets", "a whole number in 0.." + MOST_PING),
                Member.optional("timeout-ms", "a whole number in 0.." + LONGEST_PING_MS));
        return steering.ping(body.text(ADDRESS), (int) body.number("octets", PING, MOST_PING),
                TimeUnit.MILLISECONDS.toNanos(body.number("timeout-ms", PING_MS, LONGEST_PING_MS)));
    }

    private Object capture(Request request) throws HttpError {
        String interfaces = request.query().text(INTERFACE);
        return steering.capture(new Steering.CaptureSpec(request.query().text("filter"),
                interfaces == null ? List.of() : List.of(interfaces.split(",", -1)),
                (int) request.query().number("snaplen", MOST_OCTETS, 1, MOST_OCTETS),
                request.query().number("count", 0, 0, Long.MAX_VALUE), request.query().flag("dropped")));
    }

    private Object log(Request request) throws HttpError {
        Body body = Body.of(request.body(), Member.required("level", "error, warn, info, debug, trace,"
                + " or, for a subsystem, default, in quotes"),
                Member.optional("subsystem", "the name of a subsystem in quotes"));
        steering.logLevel(body.text("subsystem"), body.text("level"));
        return steering.logLevels();
    }

    /// @param ns negative to read it only
    private Map<String, Object> clock(long ns) {
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
            throw new Refusal(Refusal.Kind.CONFLICT, e.getMessage());
        }
    }
}
