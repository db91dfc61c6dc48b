package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.FaultLog;
import org.splnet.kern.LockRank;
import org.splnet.kern.Lookout;
import org.splnet.kern.RankedLock;
import org.splnet.kern.Round;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherType;
import org.splnet.wire.InetAddr;

@ExtendWith(NoLeaks.class)
class NicDutyTest {
    private static final byte[] FRAME = Frames.ether(NetBed.OURS, NetBed.PEER, EtherType.IPV4, new byte[46]);

    private final NetBed bed = new NetBed();
    private final Duty duty = bed.nic.duties().getFirst();

    @BeforeEach
    void clear() {
        FaultLog.system().clear();
    }

    @AfterEach
    void close() {
        bed.close();
        FaultLog.system().clear();
    }

    @Test
    void takesOneBatchAtATime() {
        for (int i = 0; i < 100; i++) {
            bed.device.arrive(FRAME);
        }
        assertThat(duty.poll(bed.nowNs())).isEqualTo(64);
        assertThat(duty.poll(bed.nowNs())).isEqualTo(36);
        assertThat(duty.poll(bed.nowNs())).isZero();
        assertThat(duty.name()).isEqualTo("eth0/0");
    }

    /// By the time the last of many is read, the first would have left the processor's cache.
    @Test
    void aBatchOfLargeFramesIsSmall() {
        byte[] large = Frames.ether(NetBed.OURS, NetBed.PEER, EtherType.IPV4, new byte[60_000]);
        for (int i = 0; i < 20; i++) {
            bed.device.arrive(large);
        }
        bed.device.arrive(FRAME);
        assertThat(duty.poll(bed.nowNs())).as("it is not known yet that they are large").isEqualTo(21);
        for (int i = 0; i < 5; i++) {
            bed.device.arrive(large);
        }
        for (int i = 0; i < 50; i++) {
            bed.device.arrive(FRAME);
        }
        assertThat(duty.poll(bed.nowNs())).isEqualTo(4);
        assertThat(duty.poll(bed.nowNs())).as("one more of them, and small ones").isEqualTo(4);
        assertThat(duty.poll(bed.nowNs())).isEqualTo(17);
        assertThat(duty.poll(bed.nowNs())).as("only small ones in the one before").isEqualTo(30);
    }

    @Test
    void whoHasMuchToSendGoesOnInTheNextRound() {
        var rounds = new AtomicInteger();
        var much = new Deferred.Call() {
            @Override
            protected void run() {
                Round.sent(1 << 30);
                if (rounds.incrementAndGet() < 3 && Round.over()) {
                    Round.goOn(this);
                }
            }
        };
        Deferred.later(much);
        assertThat(duty.poll(bed.nowNs())).as("not to sleep").isEqualTo(1);
        bed.device.arrive(FRAME);
        assertThat(duty.poll(bed.nowNs())).isEqualTo(2);
        assertThat(duty.poll(bed.nowNs())).isZero();
        assertThat(rounds).hasValue(3);
    }

    /// Others would wait for looks that do not come.
    @Test
    void whoMeetsAFaultLooksNoMore() {
        Lookout lookout = bed.links.lookout();
        var asked = new ArrayList<Boolean>();
        var place = new Lookout.Place() {
            @Override
            protected boolean ready(boolean last) {
                asked.add(last);
                return false;
            }

            @Override
            protected void work() {
                // there is none
            }
        };
        for (int i = 0; i < 50 && !lookout.watch(place); i++) {
            bed.device.arrive(FRAME);
            duty.poll(bed.nowNs());
            duty.poll(bed.nowNs());
            duty.await(0);
        }
        assertThat(lookout.watching()).isTrue();
        bed.device.arrive(FRAME);
        bed.memory.left(0);
        assertThatThrownBy(() -> duty.poll(bed.nowNs())).isInstanceOf(OutOfMemoryError.class);
        bed.memory.left(Integer.MAX_VALUE);
        assertThat(asked).containsExactly(true);
        assertThat(lookout.watching()).isFalse();
    }

    @Test
    void aWorkerThatEndsLeavesNothing() {
        var ran = new AtomicInteger();
        Round.begin(0);
        Round.goOn(new Deferred.Call() {
            @Override
            protected void run() {
                ran.incrementAndGet();
            }
        });
        Round.end();
        duty.ended();
        assertThat(ran).hasValue(1);
    }

    @Test
    void aWorkerKeepsWhatItHasFreedUntilItsEnd() {
        duty.began();
        Packet packet = bed.pool.allocate(20);
        ByteBuf head = packet.buf;
        packet.free();
        Packet next = bed.pool.allocate(20);
        assertThat(next).isSameAs(packet);
        assertThat(next.buf).isSameAs(head);
        next.free();
        assertThat(head.refCnt()).isOne();
        duty.ended();
        assertThat(head.refCnt()).isZero();
    }

    @Test
    void aFrameOfNoOctetsIsNoFault() {
        bed.device.arrive(new byte[0]);
        assertThat(duty.poll(bed.nowNs())).isEqualTo(1);
        bed.device.arrive(FRAME);
        assertThat(duty.poll(bed.nowNs())).isEqualTo(1);
        assertThat(FaultLog.system().total()).isZero();
    }

    @Test
    void flushesOnceForAllThatABatchCaused() {
        for (int i = 0; i < 10; i++) {
            bed.device.arrive(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.1"));
        }
        Deferred.later(new Deferred.Call() {
            @Override
            protected void run() {
                bed.send("10.0.0.9", 20);
            }
        });
        duty.poll(bed.nowNs());
        assertThat(bed.device.waiting()).as("ten replies, a packet, and who 10.0.0.9 is").isEqualTo(12);
        assertThat(bed.device.flushes()).isEqualTo(1);
    }

    /// Each frame on its own would wake the peer for each.
    @Test
    void whatABatchOfLittleCausesGoesOutTogether() {
        bed.device.arrive(FRAME);
        assertThat(waitingAfterOne()).isZero();
        assertThat(bed.device.waiting()).isEqualTo(1);
    }

    @Test
    void whatABatchOfMuchCausesGoesOutAtOnce() {
        byte[] large = Frames.ether(NetBed.OURS, NetBed.PEER, EtherType.IPV4, new byte[1500]);
        for (int i = 0; i < 12; i++) {
            bed.device.arrive(large);
        }
        assertThat(waitingAfterOne()).isEqualTo(1);
    }

    @Test
    void muchThatABatchCausesGoesOutAtOnce() {
        var wide = new FakeDevice("fake1", NetBed.OURS, 65_535, 0);
        try (var other = new NetBed(wide, NetConfig.defaults())) {
            other.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, other.nowNs());
            int[] seen = {-1};
            Deferred.later(new Deferred.Call() {
                @Override
                protected void run() {
                    other.send("10.0.0.9", 60_000);
                    seen[0] = wide.waiting();
                }
            });
            other.nic.duties().getFirst().poll(other.nowNs());
            assertThat(seen[0]).isEqualTo(1);
        }
    }

    /// @return frames that the device has when one was sent within a batch
    private int waitingAfterOne() {
        bed.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, bed.nowNs());
        int[] seen = {-1};
        Deferred.later(new Deferred.Call() {
            @Override
            protected void run() {
                bed.send("10.0.0.9", 20);
                seen[0] = bed.device.waiting();
            }
        });
        duty.poll(bed.nowNs());
        return seen[0];
    }

    /// Also in a batch of much, whose answers go out at once.
    @Test
    void whatTheWorkerSendsUnderALockGoesOutWhenItIsGivenUp() {
        bed.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, bed.nowNs());
        byte[] large = Frames.ether(NetBed.OURS, NetBed.PEER, EtherType.IPV4, new byte[60_000]);
        for (int i = 0; i < 4; i++) {
            bed.device.arrive(large);
        }
        var connection = new RankedLock(LockRank.ENDPOINT, "connection");
        var seen = new ArrayList<Integer>();
        Deferred.later(new Deferred.Call() {
            @Override
            protected void run() {
                connection.lock();
                try {
                    bed.output("10.0.0.9", 20);
                    seen.add(bed.device.waiting());
                } finally {
                    connection.unlock();
                }
                Deferred.run();
                seen.add(bed.device.waiting());
            }
        });
        duty.poll(bed.nowNs());
        assertThat(seen).containsExactly(0, 1);
    }

    @Test
    void aFrameThatFaultsDoesNotTakeTheBatchAlong() {
        bed.ip.fault = new IndexOutOfBoundsException("bug");
        bed.device.arrive(FRAME);
        bed.device.arrive(FRAME);
        bed.device.arrive(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.1"));
        assertThat(duty.poll(bed.nowNs())).isEqualTo(3);
        assertThat(bed.drops(DropReason.INTERNAL_ERROR)).isEqualTo(2);
        assertThat(bed.nic.info().counters().inErrors()).isEqualTo(2);
        assertThat(bed.device.waiting()).as("the answer").isEqualTo(1);
        assertThat(FaultLog.system().total()).isEqualTo(2);
    }

    @Test
    void aDeviceThatIsGoneTakesTheInterfaceDownForGood() {
        int generation = bed.links.interfaces().generation();
        bed.send("10.0.0.9", 20);
        bed.device.vanish();
        assertThat(duty.poll(bed.nowNs())).isZero();
        assertThat(bed.nic.up()).isFalse();
        assertThat(bed.links.interfaces().generation()).isGreaterThan(generation);
        assertThat(bed.drops(DropReason.INTERFACE_DOWN)).isEqualTo(1);
        bed.nic.up(true, bed.nowNs());
        assertThat(bed.nic.up()).isFalse();
        assertThat(bed.send("10.0.0.9", 20)).isEqualTo(Output.DOWN);
        assertThat(duty.poll(bed.nowNs())).isZero();
        duty.await(1);                          // not the device's: that would return at once, for ever
        duty.wakeup();
        duty.await(Long.MAX_VALUE);
    }

    @Test
    void detachingClosesTheDevice() {
        bed.links.detach(bed.nic, bed.nowNs());
        assertThat(bed.device.closed()).isTrue();
        assertThat(duty.poll(bed.nowNs())).isZero();
    }

    /// Who sends as fast as the device takes frames has nobody wait but himself.
    @Test
    void whatComesInIsLookedAtHoweverMuchGoesOut() {
        bed.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, bed.nowNs());
        var left = new AtomicInteger(10_000);
        bed.device.meanwhile(new Runnable() {
            @Override
            public void run() {
                if (left.getAndDecrement() > 0) {
                    bed.output("10.0.0.9", 100);
                    bed.device.meanwhile(this);
                }
            }
        });
        bed.device.room(0);
        bed.send("10.0.0.9", 100);
        bed.device.room(Integer.MAX_VALUE);
        bed.device.arrive(FRAME);
        duty.poll(bed.nowNs());
        assertThat(bed.nic.info().counters().inPackets()).isEqualTo(1);
        assertThat(left.get()).as("that go when their turn comes again").isGreaterThan(9000);
        for (int rounds = 0; rounds < 100; rounds++) {
            duty.poll(bed.nowNs());
        }
        assertThat(bed.device.waiting()).as("all of them").isEqualTo(10_001);
    }
}
