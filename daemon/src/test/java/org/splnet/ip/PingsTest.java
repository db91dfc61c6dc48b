package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.inet.NetworkError;
import org.splnet.kern.Clock;
import org.splnet.net.ScarceAllocator;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.Icmp4Header;
import org.splnet.wire.Ip4Addr;

/// Who has which identifier.
@ExtendWith(NoLeaks.class)
class PingsTest {
    private static final int FREE = 4242;

    private record Counting(AtomicInteger replies, AtomicInteger errors) implements Pings.Holder {
        Counting() {
            this(new AtomicInteger(), new AtomicInteger());
        }

        @Override
        public DropReason reply(Packet packet, long nowNs) {
            replies.incrementAndGet();
            return DropReason.ICMP_CONSUMED;
        }

        @Override
        public DropReason error(NetworkError error, Ip4Addr from, long nowNs) {
            errors.incrementAndGet();
            assertThat(from).isEqualTo(IpBed.ROUTER);
            return DropReason.ICMP_CONSUMED;
        }
    }

    private final ScarceAllocator memory = new ScarceAllocator();
    private final IpBed bed = new IpBed(IpConfig.DEFAULTS, 42, memory);
    private final Pings pings = bed.ip.pings();

    @AfterEach
    void close() {
        bed.close();
    }

    private boolean attach(int id, Counting holder) {
        Counting attached = pings.attach(id, any -> holder);
        return attached == holder;
    }

    @Test
    void aHolderHearsWhatHasItsIdentifier() {
        Counting mine = new Counting();
        assertThat(attach(7, mine)).isTrue();
        assertThat(attach(7, new Counting())).isFalse();
        bed.in(Ip4.udp().icmp(Icmp4Header.ECHO_REPLY, 0, 7 << 16, Ip4.data(1)));
        bed.in(Ip4.udp().icmp(Icmp4Header.ECHO_REPLY, 0, 8 << 16, Ip4.data(1)));
        byte[] ours = Ip4.from("10.0.0.1", "10.0.0.2").icmp(Icmp4Header.ECHO, 0, 7 << 16, Ip4.data(0))
                .octets();
        byte[] answer = Ip4.from("10.0.0.1", "10.0.0.2").icmp(Icmp4Header.ECHO_REPLY, 0, 7 << 16,
                Ip4.data(0)).octets();
        bed.in(Ip4.from("10.0.0.254", "10.0.0.1").icmp(Icmp4Header.UNREACHABLE, 1, 0, ours));
        bed.in(Ip4.from("10.0.0.254", "10.0.0.1").icmp(Icmp4Header.UNREACHABLE, 1, 0, answer));
        assertThat(mine.replies()).hasValue(1);
        assertThat(mine.errors()).as("about a request, not about an answer of ours").hasValue(1);
        assertThat(bed.count(IpStats.Counter.ERRORS_IN)).isEqualTo(1);
        pings.detach(7, new Counting());
        assertThat(attach(7, mine)).as("another's detach is none").isFalse();
        pings.detach(7, mine);
        assertThat(attach(7, mine)).isTrue();
    }

    @Test
    void aPingTakesAnIdentifierThatNobodyHas() throws Exception {
        Counting mine = new Counting();
        for (int id = 1; id <= 0xffff; id++) {
            assertThat(id == FREE || attach(id, mine)).isTrue();
        }
        Pings.Answer answer = pings.ping((Ip4Addr) IpBed.PEER, 8, 1, Clock.system());
        assertThat(answer.outcome()).isEqualTo(Pings.Outcome.TIMEOUT);
        assertThat(bed.nic0.next().icmpRest() >>> 16).isEqualTo(FREE);
        assertThat(attach(0, mine)).as("the ping has given it back").isTrue();
        assertThat(attach(0, mine)).isFalse();
        assertThatThrownBy(() -> pings.ping((Ip4Addr) IpBed.PEER, 8, 1, Clock.system()))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("65535 identifiers");
    }

    @Test
    void aPingThatThereIsNoMemoryForIsNotSent() throws Exception {
        memory.most(0);
        Pings.Answer answer = pings.ping((Ip4Addr) IpBed.PEER, 8, 1, Clock.system());
        assertThat(answer.outcome()).isEqualTo(Pings.Outcome.NOT_SENT);
        assertThat(bed.drops(DropReason.NO_BUFFERS)).isOne();
    }
}
