package org.splnet;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.splnet.config.InterfaceConfig;
import org.splnet.control.Refusal;
import org.splnet.dhcp.DhcpClient;
import org.splnet.dhcp.DhcpConfig;
import org.splnet.dhcp.LeaseInfo;
import org.splnet.ip.Ip;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.Entropy;
import org.splnet.net.AddressClaim;
import org.splnet.net.EtherIf;
import org.splnet.service.status.LeaseStatus;

/// The interfaces that ask the network for their addresses. Any thread, holding nothing; which there are is
/// changed by one at a time.
final class DhcpClients implements AutoCloseable {
    private final Map<String, DhcpClient> clients = new ConcurrentSkipListMap<>();
    // One thread, so that files are written in the order in which leases change.
    private final ExecutorService chores =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("dhcp").factory());
    private final DhcpClient.Host host;
    private final AddressClaim.Listener also;

    /// @param also hears of addresses that come to be used
    DhcpClients(Ip ip, CalloutWheel wheel, Clock clock, Entropy entropy, AddressClaim.Listener also) {
        this.host = new DhcpClient.Host(ip, wheel, clock, entropy, chores);
        this.also = also;
    }

    /// Makes ready the client of an interface whose configuration has one. At start only.
    void add(InterfaceConfig config, EtherIf link) {
        if (config.dhcp() != null) {
            clients.put(link.name(), new DhcpClient(link, config.dhcp(), host, also));
        }
    }

    /// Begins to ask.
    void start() {
        clients.values().forEach(DhcpClient::start);
    }

    /// Has one more interface ask from now on. Reads a file, so it blocks.
    void begin(EtherIf link, DhcpConfig config) {
        var client = new DhcpClient(link, config, host, also);
        client.start();
        clients.put(link.name(), client);
    }

    /// Has an interface that asks go by another configuration.
    void configure(String interfaceName, DhcpConfig config) {
        clients.get(interfaceName).configure(config);
    }

    /// Has an interface ask no more: its address is not used any longer.
    void end(String interfaceName) {
        clients.remove(interfaceName).close();
    }

    /// How each stands, by name of the interface.
    List<LeaseStatus> list() {
        return clients.values().stream().map(each -> show(each.info())).toList();
    }

    LeaseStatus renew(String interfaceName) {
        return asked(interfaceName, DhcpClient::renew);
    }

    LeaseStatus release(String interfaceName) {
        return asked(interfaceName, DhcpClient::release);
    }

    private LeaseStatus asked(String interfaceName, Consumer<DhcpClient> what) {
        DhcpClient client = clients.get(interfaceName);
        if (client == null) {
            throw new Refusal(Refusal.Kind.UNKNOWN, "there is no interface \"" + interfaceName
                    + "\" with dhcp" + (clients.isEmpty() ? "" : ", there is " + String.join(", ",
                    clients.keySet())));
        }
        what.accept(client);
        return show(client.info());
    }

    private static LeaseStatus show(LeaseInfo info) {
        return new LeaseStatus(info.interfaceName(), info.state(), text(info.address()),
                text(info.linkLocal()), text(info.server()), info.leaseSeconds(), info.leftSeconds(),
                info.renewSeconds(), texts(info.routers()), texts(info.dns()), info.domain(),
                texts(info.ntp()), info.mtu(), info.lost());
    }

    private static String text(Object address) {
        return address == null ? null : address.toString();
    }

    private static List<String> texts(List<?> addresses) {
        return addresses.stream().map(Object::toString).toList();
    }

    /// Ends them, and waits until their files are written.
    @Override
    public void close() {
        clients.values().forEach(DhcpClient::close);
        chores.close();
    }
}
