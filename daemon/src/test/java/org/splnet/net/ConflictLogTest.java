package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.splnet.NoLeaks;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// What the log says of an address that somebody has, depending on who wanted it.
@ExtendWith(NoLeaks.class)
class ConflictLogTest {
    private final NetBed bed = new NetBed();
    private final Logger log = (Logger) LoggerFactory.getLogger("splnet.arp");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @BeforeEach
    void listen() {
        appender.start();
        log.addAppender(appender);
        log.setAdditive(false);
    }

    @AfterEach
    void close() {
        log.detachAppender(appender);
        log.setAdditive(true);
        bed.close();
    }

    private String conflict(AddressClaim.Listener listener) {
        bed.nic.claim(Cidr.parse("10.0.0.5/24"), true, listener, bed.nowNs());
        bed.arrive(Frames.reply(NetBed.PEER, "10.0.0.5", NetBed.OURS, "0.0.0.0"));
        assertThat(appender.list).hasSize(1);
        return appender.list.getFirst().getFormattedMessage();
    }

    @Test
    void whatAnAdministratorWantsIsHisToSettle() {
        assertThat(conflict(AddressClaim.Listener.NONE)).isEqualTo("address in use by another station, not"
                + " taken: give one of the two another address; probing again in a minute interface=eth0"
                + " address=10.0.0.5 station=02:00:00:00:00:99");
    }

    @Test
    void whoLooksForAnotherIsNotSaidToProbeAgain() {
        assertThat(conflict(new AddressClaim.Listener() {
            @Override
            public void conflict(AddressClaim claim, MacAddr by, boolean persists) {
                claim.withdraw();
            }
        })).isEqualTo("address in use by another station, not taken interface=eth0 address=10.0.0.5"
                + " station=02:00:00:00:00:99");
    }
}
