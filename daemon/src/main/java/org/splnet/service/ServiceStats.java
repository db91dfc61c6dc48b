package org.splnet.service;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Counters of one service. Any thread.
public final class ServiceStats {
    /// Connections accepted.
    public final LongAdder accepted = new LongAdder();
    /// Connections reset because there were as many as allowed.
    public final LongAdder refused = new LongAdder();
    /// Connections open now.
    public final LongAdder open = new LongAdder();
    /// Connections reset because nothing moved on them.
    public final LongAdder idleTimeouts = new LongAdder();
    /// Connections that ended with an error, and datagrams not answered because of one.
    public final LongAdder errors = new LongAdder();
    /// Datagrams received.
    public final LongAdder datagrams = new LongAdder();
    /// Datagrams sent.
    public final LongAdder answers = new LongAdder();
    /// Datagrams not answered because the answer might come back: loops between services, broadcasts.
    public final LongAdder loopsRefused = new LongAdder();
    /// Datagrams not answered because of the rate limit.
    public final LongAdder rateLimited = new LongAdder();
    /// Requests answered with 503 because as much as may was waiting for clients to take it.
    public final LongAdder answersRefused = new LongAdder();
    /// Payload octets received.
    public final LongAdder octetsIn = new LongAdder();
    /// Payload octets sent.
    public final LongAdder octetsOut = new LongAdder();

    /// One reading, by the names that are shown.
    public Map<String, Long> read() {
        Map<String, Long> out = new LinkedHashMap<>();
        out.put("accepted", accepted.sum());
        out.put("refused", refused.sum());
        out.put("open", open.sum());
        out.put("idle-timeouts", idleTimeouts.sum());
        out.put("errors", errors.sum());
        out.put("datagrams", datagrams.sum());
        out.put("answers", answers.sum());
        out.put("loops-refused", loopsRefused.sum());
        out.put("rate-limited", rateLimited.sum());
        out.put("answers-refused", answersRefused.sum());
        out.put("octets-in", octetsIn.sum());
        out.put("octets-out", octetsOut.sum());
        return out;
    }
}
