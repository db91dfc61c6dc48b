package org.splnet.service.status;

import java.util.List;
import java.util.Map;

/// A small stack to show.
public final class FakeSource implements StackSource {
    @Override
    public DaemonStatus status() {
        return new DaemonStatus("0.1", "2026-01-01T00:00:00Z", 93784.5, 42, "25", 7, 1 << 20, 2 << 20,
                3 << 20);
    }

    @Override
    public List<InterfaceStatus> interfaces() {
        return List.of(new InterfaceStatus(2, "tap<0>", "tap", "02:00:00:00:00:01", 1500, true,
                List.of("10.88.0.2/24"), List.of("tx-checksum"), Map.of("in-packets", 12L)));
    }

    @Override
    public List<SocketStatus> sockets() {
        return List.of(new SocketStatus("tcp", "LISTEN", "0.0.0.0:80", "*", 0, 1024, Map.of("half-open", 0)));
    }

    @Override
    public List<RouteStatus> routes() {
        return List.of(new RouteStatus("default", "10.88.0.1", "tap<0>", "static", null));
    }

    @Override
    public List<NeighborStatus> neighbors() {
        return List.of(new NeighborStatus("10.88.0.1", null, "tap<0>", "INCOMPLETE", 0.5, 1));
    }

    @Override
    public Map<String, Map<String, Long>> stats() {
        return Map.of("tcp", Map.of("segments-in", 5L, "resets-in", 0L), "quiet", Map.of("nothing", 0L));
    }

    @Override
    public LocksStatus locks() {
        return new LocksStatus("layered", "order", 0,
                List.of(new LocksStatus.Lock("LEAF", 10, 1, 2000, 2000, 0, 0)), List.of(), List.of());
    }
}
