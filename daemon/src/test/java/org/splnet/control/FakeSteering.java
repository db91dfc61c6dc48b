package org.splnet.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.splnet.service.status.AddressStatus;
import org.splnet.service.status.LeaseStatus;
import org.splnet.service.status.NeighborStatus;
import org.splnet.service.status.PingStatus;
import org.splnet.service.status.RelayStatus;
import org.splnet.service.status.RouteStatus;

/// Remembers what it was asked for. Its clock is at 100, and nothing is due.
class FakeSteering implements Steering {
    final List<String> done = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch advancing = new CountDownLatch(1);
    volatile CountDownLatch goOn = new CountDownLatch(0);
    volatile boolean manual = true;
    volatile Error fault;
    volatile long nextDueNs = Long.MAX_VALUE;

    @Override
    public void witness(String mode) {
        if (!List.of("off", "order").contains(mode)) {
            throw new IllegalArgumentException("\"" + mode + "\" is not one of off, order");
        }
        done.add("witness " + mode);
    }

    @Override
    public Reloaded reload() {
        done.add("reload");
        return new Reloaded(List.of("tcp.no-delay: false, now true"), List.of(), List.of());
    }

    @Override
    public void forgetLocks() {
        done.add("forget");
    }

    @Override
    public ClockReading clock() {
        if (!manual) {
            throw new IllegalStateException("the clock is the system's");
        }
        return new ClockReading(100, nextDueNs);
    }

    @Override
    public int advance(long ns) {
        clock();
        advancing.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        done.add("advance " + ns);
        return 3;
    }

    @Override
    public LeaseStatus renewLease(String interfaceName) {
        done.add("renew " + interfaceName);
        return lease(interfaceName, "renewing");
    }

    @Override
    public LeaseStatus releaseLease(String interfaceName) {
        done.add("release " + interfaceName);
        return lease(interfaceName, "off");
    }

    private static LeaseStatus lease(String interfaceName, String state) {
        return new LeaseStatus(interfaceName, state, null, null, null, 0, 0, -1, List.of(), List.of(), null,
                List.of(), 0, null);
    }

    @Override
    public AddressStatus addAddress(String interfaceName, String address, boolean probe) {
        done.add("address " + interfaceName + " " + address + " " + probe);
        return new AddressStatus(address, interfaceName, probe ? "probing" : "announcing", false);
    }

    @Override
    public void removeAddress(String interfaceName, String address) {
        done.add("no address " + interfaceName + " " + address);
        if (!address.contains("/")) {
            throw new Refusal(Refusal.Kind.UNKNOWN, interfaceName + " has no address " + address);
        }
    }

    @Override
    public RouteStatus addRoute(String to, String via, String interfaceName, int metric) {
        done.add("route " + to + " " + via + " " + interfaceName + " " + metric);
        if (via == null && interfaceName == null) {
            throw new Refusal(Refusal.Kind.CONFLICT, "needs a gateway or an interface");
        }
        return new RouteStatus(to, via, interfaceName, "static", metric, null);
    }

    @Override
    public void removeRoute(String to, String via) {
        done.add("no route " + to + " " + via);
    }

    @Override
    public NeighborStatus addNeighbor(String interfaceName, String address, String mac) {
        done.add("neighbor " + interfaceName + " " + address + " " + mac);
        return new NeighborStatus(address, mac, interfaceName, "PERMANENT", 0, 0);
    }

    @Override
    public void removeNeighbor(String interfaceName, String address) {
        done.add("no neighbor " + interfaceName + " " + address);
    }

    @Override
    public PullStream capture(CaptureSpec spec) {
        done.add("capture " + spec);
        return null;
    }

    @Override
    public PingStatus ping(String address, int octets, long timeoutNs) {
        done.add("ping " + address + " " + octets + " " + timeoutNs);
        return new PingStatus("reply", address, 1_234_567, 64, octets);
    }

    @Override
    public LogLevels logLevels() {
        return new LogLevels("info", Map.of("tcp", "debug"));
    }

    @Override
    public void logLevel(String subsystem, String level) {
        if (level.equals("loud")) {
            throw new Refusal(Refusal.Kind.UNWANTED, "level: \"loud\" must be one of error");
        }
        done.add("log " + subsystem + " " + level);
    }

    @Override
    public RelayStatus openRelay(JsonNode asked) {
        if (!asked.has("forward")) {
            throw new IllegalArgumentException("must be a forward");
        }
        if (done.contains("open")) {
            throw new IllegalStateException("tcp://127.0.0.1:1: address already in use");
        }
        done.add("open");
        return new RelayStatus(3, "forward", "tcp://127.0.0.1:1", "tcp://10.88.0.1:1", 0, 0, 0, 0, 0, 0, 0, 0,
                0);
    }

    @Override
    public boolean closeRelay(int id) {
        return id == 3 && done.add("close");
    }

    @Override
    public void reset() {
        if (fault != null) {
            throw fault;
        }
        done.add("reset");
    }
}
