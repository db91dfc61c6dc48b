package org.splnet.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.splnet.kern.Clock;
import org.splnet.kern.Event;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.service.http.HttpError;

/// What happens in the stack, an event a line:
/// `{"time":"2026-11-21T08:00:00.123Z","event":"link-down","interface":"splnet0"}`. The fields are those of
/// [EventKind].
///
/// The first line says to what one has subscribed (`subscribed`, `kinds`); from then on nothing is missed but
/// what a line `lost` counts, for a reader that is slower than the stack by more than 4096 events.
public final class EventStream implements PullStream {
    /// The media type: JSON, one value a line.
    public static final String TYPE = "application/x-ndjson";

    private static final int CAPACITY = 4096;
    /// What a piece is ended at.
    private static final int PIECE = 16 << 10;
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Set<EventKind> kinds;
    private final int capacity;
    private Events.Subscription subscription;
    private boolean greeted;
    private long lostTold;

    /// @param kinds of events
    public EventStream(Set<EventKind> kinds) {
        this(kinds, CAPACITY);
    }

    EventStream(Set<EventKind> kinds, int capacity) {
        this.kinds = EnumSet.copyOf(kinds);
        this.capacity = capacity;
    }

    /// The kinds whose labels `text` names, separated by commas; all for null.
    ///
    /// @throws HttpError 422 saying which there are
    static Set<EventKind> kinds(String text) throws HttpError {
        if (text == null) {
            return EnumSet.allOf(EventKind.class);
        }
        Set<EventKind> kinds = EnumSet.noneOf(EventKind.class);
        for (String label : text.split(",", -1)) {
            kinds.add(Arrays.stream(EventKind.values()).filter(each -> each.label().equals(label)).findFirst()
                    .orElseThrow(() -> Body.refused("kind: \"" + Body.cut(label) + "\" must be one of "
                            + String.join(", ", labels(EnumSet.allOf(EventKind.class))) + ".")));
        }
        return kinds;
    }

    private static List<String> labels(Set<EventKind> kinds) {
        return kinds.stream().map(EventKind::label).toList();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void start(Runnable wakeup) {
        subscription = Events.subscribe(kinds, capacity, wakeup);
    }

    @Override
    public byte[] next() {
        if (subscription == null) {
            return null;
        }
        StringBuilder out = new StringBuilder();
        if (!greeted) {
            greeted = true;
            ObjectNode line = line(Clock.system().wallMillis(), "subscribed");
            ArrayNode all = line.putArray("kinds");
            labels(kinds).forEach(all::add);
            add(out, line);
        }
        for (Event event; out.length() < PIECE && (event = subscription.poll()) != null; ) {
            add(out, line(event));
        }
        long lost = subscription.lost();
        if (lost != lostTold) {
            add(out, line(Clock.system().wallMillis(), "lost").put("count", lost - lostTold));
            lostTold = lost;
        }
        return out.isEmpty() ? null : out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode line(long wallMillis, String event) {
        return JsonNodeFactory.instance.objectNode()
                .put("time", Instant.ofEpochMilli(wallMillis).toString()).put("event", event);
    }

    private static ObjectNode line(Event event) {
        ObjectNode line = line(event.wallMillis(), event.kind().label());
        Object[] fields = event.fields();
        for (int i = 0; i < fields.length; i += 2) {
            String name = (String) fields[i];
            switch (fields[i + 1]) {
                case null -> { }
                case Boolean truth -> line.put(name, truth);
                case Long number -> line.put(name, number);
                case Object other -> line.put(name, other.toString());
            }
        }
        return line;
    }

    private static void add(StringBuilder out, ObjectNode line) {
        try {
            out.append(MAPPER.writeValueAsString(line)).append('\n');
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that Jackson cannot write", e);
        }
    }

    @Override
    public boolean ended() {
        return false;
    }

    @Override
    public void close() {
        if (subscription != null) {
            subscription.close();
        }
    }
}
