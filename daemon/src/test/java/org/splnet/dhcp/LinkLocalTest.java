package org.splnet.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.Deferred;
import org.splnet.net.Frames;
import org.splnet.wire.MacAddr;

/// RFC 3927: an address of one's own making, for want of a better one.
@ExtendWith(NoLeaks.class)
class LinkLocalTest extends DhcpBed {
    private static final MacAddr RIVAL = MacAddr.parse("02:00:00:00:00:55");

    private String address() {
        return client.info().linkLocal().addr().toString();
    }

    private void conflict() {
        device.arrive(Frames.request(RIVAL, address(), address()));
        run();
        Deferred.run();
    }

    private void untilItIsAskedFor() {
        begin(false, true);
        while (client.info().linkLocal() == null) {
            pass(SECOND / 10);
        }
    }

    /// §2.5 (b), however many conflicts (§2.2.1) it took to find it.
    @Test
    void anAddressFoundAfterManyConflictsIsGivenUpToo() {
        untilItIsAskedFor();
        for (int i = 0; i < 9; i++) {
            String before = address();
            conflict();
            assertThat(address()).isNotEqualTo(before);
        }
        pass(10 * SECOND);
        String found = address();
        assertThat(own()).isEqualTo("[" + found + "/16]");
        conflict();
        assertThat(address()).as("defended").isEqualTo(found);
        pass(SECOND);
        conflict();
        assertThat(address()).isNotEqualTo(found);
        pass(10 * SECOND);
        assertThat(own()).isEqualTo("[" + address() + "/16]");
    }

    /// §2.2.1, MAX_CONFLICTS: from then on one address a minute.
    @Test
    void afterTenConflictsInARowItAsksForTheSameAMinuteLater() {
        untilItIsAskedFor();
        for (int i = 0; i < 9; i++) {
            conflict();
        }
        String last = address();
        conflict();
        assertThat(address()).isEqualTo(last);
        pass(50 * SECOND);
        assertThat(link.addresses()).isEmpty();
        pass(20 * SECOND);
        assertThat(own()).isEqualTo("[" + last + "/16]");
    }

    @Test
    void comesAlsoIfAServerOffersAndRefuses() {
        begin(false, true);
        for (int i = 0; i < 400 && link.addresses().length == 0; i++) {
            for (Out asked; (asked = dhcp.poll()) != null; ) {
                boolean discover = asked.type() == MessageType.DISCOVER;
                arrive(discover ? message(MessageType.OFFER, asked) : new ServerMessage(MessageType.NAK,
                        asked.message().xid(), OURS).addresses(54, "10.1.0.1").text(56, "not you"),
                        "255.255.255.255", true, "10.1.0.1");
            }
            pass(SECOND / 10);
        }
        assertThat(own()).startsWith("[169.254.");
        assertThat(client.info().lost()).isEqualTo("refused by 10.1.0.1: not you");
    }
}
