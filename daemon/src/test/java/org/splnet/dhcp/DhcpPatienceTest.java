package org.splnet.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;

/// Servers that answer and give nothing.
class DhcpPatienceTest {
    private static final String ADDRESS = "10.1.0.7";
    private final World world = new World(1);
    private final DhcpMachine machine = world.machine;
    private final long startNs = world.nowNs;

    /// A server answers until `seconds` have passed since the start: each DISCOVER with an offer, and each
    /// REQUEST with a refusal, or not at all.
    private void offers(boolean refuses, int seconds) {
        while (world.wakeNs - startNs < seconds * World.SECOND) {
            world.wake();
            if (machine.state() == DhcpState.SELECTING) {
                world.answer(MessageType.OFFER, ADDRESS, 3600);
            }
            if (refuses && machine.state() == DhcpState.REQUESTING) {
                world.answer(MessageType.NAK, "0.0.0.0", -1);
            }
        }
    }

    @Test
    void aServerThatOnlyOffersIsNoneThatAnswers() {
        machine.start(null, world.nowNs);
        offers(false, 20);
        assertThat(world.done).isEmpty();
        offers(false, 40);
        assertThat(world.done).containsExactly("unanswered");
        offers(false, 600);
        assertThat(world.done).as("told once").containsExactly("unanswered");
    }

    @Test
    void aServerThatRefusesWhatItOffersIsTold() {
        machine.start(null, world.nowNs);
        offers(true, 1);
        assertThat(world.done).startsWith("refused by 10.1.0.1", "forgot").doesNotContain("unanswered");
        offers(true, 60);
        assertThat(Collections.frequency(world.done, "unanswered")).isEqualTo(1);
    }

    @Test
    void patienceBeginsAnewWhenTheLinkIsBackAndWhenAnAddressIsLost() {
        machine.start(null, world.nowNs);
        offers(false, 40);
        machine.linkUp(world.nowNs);
        world.wake();
        assertThat(world.done).as("the first question after that").containsExactly("unanswered");
        world.answer(MessageType.OFFER, ADDRESS, 3600);
        world.answer(MessageType.ACK, ADDRESS, 3600);
        machine.free(world.nowNs);
        while (machine.state() != DhcpState.INIT) {
            world.wake();
        }
        world.wake();
        assertThat(world.done).endsWith("lost " + ADDRESS + ": expired");
        long lostNs = world.nowNs;
        while (!world.done.getLast().equals("unanswered")) {
            world.wake();
        }
        assertThat((world.nowNs - lostNs) / World.SECOND).isBetween(20L, 40L);
    }
}
