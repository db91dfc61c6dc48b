package org.splnet.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.splnet.NoLeaks;
import org.splnet.ip.RouteInfo;
import org.splnet.net.Frames;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;

/// What becomes of the routes of a lease when others change routes too.
@ExtendWith(NoLeaks.class)
class LeaseRoutesTest extends DhcpBed {
    private static final Cidr DEFAULT = new Cidr(Ip4Addr.ANY, 0);
    private static final Ip4Addr ROUTER = Ip4Addr.parse("10.1.0.1");

    private List<RouteInfo> statics() {
        return ip.routeInfos().stream().filter(each -> each.kind() == RouteInfo.Kind.STATIC).toList();
    }

    private void bound() {
        begin(false, false);
        granted(false);
        pass(8 * SECOND);
        device.arrive(Frames.request(SERVER, "10.1.0.1", "10.1.0.7"));
        run();
    }

    private void renewed() {
        dhcp.clear();
        client.renew();
        run();
        arrive(message(MessageType.ACK, dhcp.remove()).addresses(3, "10.1.0.1"), "10.1.0.7", false,
                "10.1.0.1");
    }

    @Test
    void oneThatWasDeletedIsBackAtTheNextRenewal() {
        bound();
        assertThat(ip.removeRoute(DEFAULT, null)).isTrue();
        assertThat(statics()).isEmpty();
        renewed();
        assertThat(statics()).singleElement().satisfies(each ->
                assertThat(each.via()).isEqualTo(ROUTER));
        renewed();
        assertThat(statics()).hasSize(1);
        client.release();
        assertThat(statics()).isEmpty();
    }

    @Test
    void theAdministratorsStaysWhenTheLeaseEnds() {
        ip.addRoute(DEFAULT, ROUTER, link, LeaseRoutes.METRIC);
        var log = (Logger) LoggerFactory.getLogger("splnet.dhcp");
        var said = new ListAppender<ILoggingEvent>();
        said.start();
        log.addAppender(said);
        try {
            bound();
            renewed();
            renewed();
        } finally {
            log.detachAppender(said);
        }
        assertThat(said.list).extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.startsWith("route from the server not taken")).hasSize(1);
        assertThat(statics()).hasSize(1);
        client.release();
        assertThat(statics()).hasSize(1);
    }
}
