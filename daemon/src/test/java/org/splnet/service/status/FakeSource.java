package org.splnet.service.status;

import java.util.List;
import java.util.Map;

/// A small stack to show.
public class FakeSource implements StackSource {
    @Override
    public DaemonStatus status() {
        return new DaemonStatus("0.1", "2026-01-01T00:00:00Z", 93784.5, 42, "25", 7, 1 << 20, 2 << 20,
                3 << 20, 1 << 19, 4, 0);
    }

    @Override
    public List<InterfaceStatus> interfaces() {
        return List.of(new InterfaceStatus(2, "tap<0>", "tap", "02:00:00:00:00:01", 1500, true, true,
                List.of("10.88.0.2/24"), List.of("tx-checksum"), Map.of("in-packets", 12L),
                List.of(Map.of("in-packets", 5L), Map.of("in-packets", 7L))));
    }

    @Override
    public List<AddressStatus> addresses() {
        return List.of(new AddressStatus("10.88.0.2/24", "tap<0>", "held", true));
    }

    @Override
    public List<SocketStatus> sockets() {
        return List.of(new SocketStatus("tcp", "LISTEN", "0.0.0.0:80", "*", 0, 1024, Map.of("half-open", 0)));
    }

    @Override
    public List<RouteStatus> routes() {
        return List.of(new RouteStatus("default", "10.88.0.1", "tap<0>", "static", 0, null));
    }

    @Override
    public List<NeighborStatus> neighbors() {
        return List.of(new NeighborStatus("10.88.0.1", null, "tap<0>", "INCOMPLETE", 0.5, 1));
    }

    @Override
    public List<RelayStatus> relays() {
        return List.of(new RelayStatus(1, "publish", "tcp://10.88.0.2:443", "unix:///run/web<1>.sock", 1, 5,
                2, 1, 0, 1, 7, 1000, 2000));
    }

    @Override
    public List<LeaseStatus> leases() {
        return List.of(new LeaseStatus("tap<0>", "bound", "10.88.0.2/24", null, "10.88.0.1", 3600, 3000, 1200,
                List.of("10.88.0.1"), List.of("10.88.0.1"), "example.net", List.of(), 0, null));
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
