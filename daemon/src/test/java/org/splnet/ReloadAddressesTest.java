package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.control.Steering.Reloaded;
import org.splnet.service.status.AddressStatus;
import org.splnet.service.status.NeighborStatus;
import org.splnet.service.status.RouteStatus;

/// Addresses, routes and neighbors of a running daemon whose file changes.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ReloadAddressesTest extends ReloadBed {
    private static final String ROUTE = """
            [[route]]
            to = "10.77.0.0/16"
            via = "10.9.0.1"
            """;

    @Test
    void addressesRoutesAndNeighborsComeAndGo() throws Exception {
        Reloaded outcome = reload(INTERFACE.replace("]\nprobe", ", \"10.8.0.2/24\"]\nprobe") + """
                [[route]]
                to = "default"
                via = "10.9.0.1"
                [[route]]
                to = "10.77.0.0/16"
                via = "10.8.0.1"
                [[neighbor]]
                address = "10.8.0.1"
                mac = "02:00:00:00:00:01"
                """);
        assertThat(outcome.failed()).isEmpty();
        assertThat(outcome.changed()).contains("address 10.8.0.2/24 dev w0: added",
                "route 0.0.0.0/0 via 10.9.0.1: added", "neighbor 10.8.0.1 dev w0: added");
        assertThat(daemon.source().addresses()).extracting(AddressStatus::address).contains("10.8.0.2/24");
        assertThat(daemon.source().routes()).filteredOn(each -> each.kind().equals("static"))
                .extracting(RouteStatus::destination).containsExactlyInAnyOrder("default", "10.77.0.0/16");
        assertThat(daemon.source().neighbors()).extracting(NeighborStatus::state)
                .containsExactly("PERMANENT");

        assertThat(reload(INTERFACE).changed()).hasSize(4);
        assertThat(daemon.source().addresses()).extracting(AddressStatus::address)
                .doesNotContain("10.8.0.2/24").contains("10.9.0.2/24");
        assertThat(daemon.source().routes()).noneMatch(each -> each.kind().equals("static"));
        assertThat(daemon.source().neighbors()).isEmpty();
        assertThat(reload(INTERFACE)).isEqualTo(new Reloaded(List.of(), List.of(), List.of()));
    }

    private String again() throws Exception {
        Reloaded outcome = daemon.reload();
        return outcome.changed() + " failed " + outcome.failed();
    }

    @Test
    void anAddressThatCouldNotBeTakenIsTriedAgain() throws Exception {
        daemon.steering().addAddress("lo", "10.8.0.2/32", false);
        Reloaded outcome = reload(INTERFACE.replace("]\nprobe", ", \"10.8.0.2/24\"]\nprobe"));
        assertThat(outcome.failed()).singleElement().asString().startsWith("address 10.8.0.2/24 dev w0: ");
        assertThat(again()).contains("failed [address 10.8.0.2/24 dev w0: ");
        daemon.steering().removeAddress("lo", "10.8.0.2/32");
        assertThat(again()).isEqualTo("[address 10.8.0.2/24 dev w0: added] failed []");
        assertThat(daemon.source().addresses()).extracting(AddressStatus::address).contains("10.8.0.2/24");
        assertThat(again()).isEqualTo("[] failed []");
    }

    @Test
    void aRouteThatCouldNotBeEnteredIsTriedAgain() throws Exception {
        daemon.steering().addRoute("10.77.0.0/16", "10.9.0.1", null, 0);
        Reloaded outcome = reload(INTERFACE + ROUTE);
        assertThat(outcome.changed()).noneMatch(each -> each.startsWith("route"));
        assertThat(outcome.failed()).singleElement().asString()
                .startsWith("route 10.77.0.0/16 via 10.9.0.1: ").contains("is there already");
        daemon.steering().removeRoute("10.77.0.0/16", "10.9.0.1");
        assertThat(again()).isEqualTo("[route 10.77.0.0/16 via 10.9.0.1: added] failed []");
        assertThat(daemon.source().routes()).extracting(RouteStatus::destination).contains("10.77.0.0/16");
        assertThat(again()).isEqualTo("[] failed []");
    }

    @Test
    void theSummaryIsOfWhatIsInForce() throws Exception {
        assertThat(daemon.summary()).isEqualTo("w0 10.9.0.2/24");
        reload(INTERFACE.replace("10.9.0.2", "10.9.0.3").replace("w0\"", "w0\"\nmtu = 1400"));
        assertThat(daemon.summary()).isEqualTo("w0 10.9.0.3/24");
    }

    /// A lease enters its own by the same router, with the metric of leases.
    @Test
    void aRouteOfALeaseStaysWhenAConfiguredOneGoes() throws Exception {
        daemon.steering().addRoute("10.77.0.0/16", "10.9.0.1", "w0", 100);
        reload(INTERFACE + ROUTE);
        assertThat(daemon.source().routes()).filteredOn(each -> each.destination().equals("10.77.0.0/16"))
                .extracting(RouteStatus::metric).containsExactlyInAnyOrder(0, 100);
        reload(INTERFACE);
        assertThat(daemon.source().routes()).filteredOn(each -> each.destination().equals("10.77.0.0/16"))
                .extracting(RouteStatus::metric).containsExactly(100);
    }
}
