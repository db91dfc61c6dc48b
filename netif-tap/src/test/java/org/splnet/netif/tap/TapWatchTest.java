package org.splnet.netif.tap;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.splnet.NoLeaks;
import org.splnet.driver.DescriptorSleep;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.service.TestClock;
import org.splnet.unix.Libc;

/// What is made of frames that a TAP refuses, and of another MTU.
@Tag("root")
@Timeout(60)
@ExtendWith(NoLeaks.class)
class TapWatchTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final TestClock clock = new TestClock();
    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private final Logger log = (Logger) LoggerFactory.getLogger("splnet.tap");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private HostCommands host;
    private String name;
    private TapWatch watch;
    private TapQueue queue;

    @BeforeEach
    void start() {
        host = new HostCommands();
        name = host.name();
        appender.start();
        log.addAppender(appender);
        log.setAdditive(false);
    }

    private void open(int mtu) throws DeviceException {
        var libc = new Libc();
        int fd = libc.open(OpenFailure.TUN, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        var spec = new DeviceSpec(name, null, mtu, Map.of());
        var setup = new TapSetup(spec, TapOptions.of(spec), libc, fd);
        TapSetup.Result first = setup.first(null);
        watch = new TapWatch(name, setup, first, clock);
        queue = new TapQueue(name, fd, new DescriptorSleep(fd), first.terms().headerLen(), watch);
    }

    @AfterEach
    void clean() {
        log.detachAppender(appender);
        log.setAdditive(true);
        log.setLevel(null);
        if (watch != null) {
            watch.end();
            queue.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private List<String> logged() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    // a batch with a frame that is refused, and what its thread does then
    private void refused() {
        Packet frame = pool.allocate(60);
        frame.buf.setZero(frame.append(60), 60);
        frame.l2 = frame.start;
        long errors = queue.transmitErrors();
        assertThat(queue.transmit(frame)).isTrue();
        frame.free();
        assertThat(queue.transmitErrors()).isEqualTo(errors + 1);
        assertThat(queue.receive(pool, Packet::free, 64)).isNotNegative();
    }

    @Test
    void whatLookingDoesNotExplainIsSaidOnceAndNotLookedAtForEachBatch() throws DeviceException {
        open(0);
        host.ip("link", "set", name, "down");
        String other = host.name();
        host.ip("link", "set", name, "name", other);
        for (int second = 0; second < 3; second++) {
            refused();
            assertThat(watch.dueNs()).isZero();
            queue.await(1, false);
            for (int i = 0; i < 3; i++) {
                refused();
                assertThat(watch.dueNs()).isEqualTo(SECOND_NS);
            }
            clock.advance(SECOND_NS);
            queue.await(1, false);
        }
        assertThat(logged()).containsExactly("tap refused a frame device=" + name
                + " cause=EIO (write failed); further ones are only counted");
        assertThat(watch.carrier()).as("it may be up, where it is").isTrue();
        host.ip("link", "set", other, "name", name);
        refused();
        queue.await(1, false);
        assertThat(watch.carrier()).isFalse();
    }

    @Test
    void oneThatIsDownIsSaidToBeSo() throws DeviceException {
        open(0);
        host.ip("link", "set", name, "down");
        for (int i = 0; i < 3; i++) {
            refused();
            queue.await(1, false);
        }
        assertThat(watch.carrier()).isFalse();
        assertThat(logged()).singleElement().asString().startsWith("tap is down device=" + name);
    }

    @Test
    void oneThatHasItsNameNowIsNotTakenForIt() throws DeviceException {
        log.setLevel(Level.INFO);
        open(0);
        String other = host.name();
        host.ip("link", "set", name, "name", other);
        host.ip("tuntap", "add", name, "mode", "tap");
        host.ip("link", "set", name, "mtu", "9000");
        clock.advance(SECOND_NS);
        queue.await(1, false);
        assertThat(watch.mtu()).isEqualTo(1500);
        assertThat(watch.carrier()).as("the other one is down").isTrue();
        host.ip("link", "del", name);
        host.ip("link", "set", other, "name", name);
        assertThat(mtuAfterHostHas(1400)).isEqualTo(1400);
        assertThat(logged()).containsExactly("tap has another mtu device=" + name + " mtu=1400 before=1500");
    }

    private int mtuAfterHostHas(int octets) {
        host.ip("link", "set", name, "mtu", Integer.toString(octets));
        clock.advance(SECOND_NS);
        queue.await(1, false);
        return watch.mtu();
    }

    @Test
    void theHostsMtuIsFollowed() throws DeviceException {
        log.setLevel(Level.INFO);
        open(0);
        assertThat(mtuAfterHostHas(1400)).isEqualTo(1400);
        assertThat(mtuAfterHostHas(1400)).isEqualTo(1400);
        assertThat(mtuAfterHostHas(9000)).isEqualTo(9000);
        assertThat(logged()).containsExactly("tap has another mtu device=" + name + " mtu=1400 before=1500",
                "tap has another mtu device=" + name + " mtu=9000 before=1400");
    }

    @Test
    void theHostsMtuIsFollowedAlsoOnceItHasBeenMadeAnew() throws DeviceException {
        open(0);
        host.ip("link", "del", name);
        watch.lost();
        clock.advance(SECOND_NS);
        watch.look();
        assertThat(watch.there()).isTrue();
        assertThat(mtuAfterHostHas(1400)).isEqualTo(1400);
    }

    @Test
    void theHostsMtuIsFollowedUpToTheOneAskedFor() throws DeviceException {
        open(1400);
        assertThat(mtuAfterHostHas(9000)).isEqualTo(1400);
        assertThat(mtuAfterHostHas(1300)).isEqualTo(1300);
        assertThat(mtuAfterHostHas(1500)).isEqualTo(1400);
    }
}
