package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.kern.VirtualClock;
import org.splnet.service.FakeStream;
import org.splnet.service.http.HttpError;
import org.splnet.service.status.Json;
import org.splnet.unix.Credentials;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;

/// Who may what, and how much: each rule as somebody whom it does not let.
class PolicyTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1000 * MS;
    private static final Rule.Quota QUOTA = new Rule.Quota(3, 2, 10, 1000);

    private final VirtualClock clock = new VirtualClock(Long.MAX_VALUE - SECOND);     // it wraps

    private interface Check {
        void run() throws HttpError;
    }

    private static HttpError refused(int status, Check check) {
        HttpError error = catchThrowableOfType(HttpError.class, check::run);
        assertThat(error).as("refused").isNotNull();
        assertThat(error.status().code()).isEqualTo(status);
        return error;
    }

    private static Credentials process(int uid, int gid, int... groups) {
        return new Credentials(1, uid, gid, groups);
    }

    private static Rule.Ends ends(String network, int first, int last) {
        return new Rule.Ends(Cidr.parse(network), first, last);
    }

    private static Rule rule(String name, int uid, int gid) {
        return new Rule(name, uid, gid, true, List.of(ends("10.88.0.0/24", 8000, 8010)),
                List.of(ends("10.88.0.1/32", 80, 80)), false, false, QUOTA);
    }

    private Owner owner(Rule rule) {
        return new Policy(List.of(rule), clock).owner(process(1000, 1000));
    }

    @Test
    void whoReadsNoAnswersGetsNoMoreLongOnes() throws HttpError {
        Account account = new Policy(List.of(), clock).owner(process(7, 7)).account();
        ByteBuf answer = Unpooled.buffer(33 << 20).writeZero(33 << 20);
        Outbox out = new Outbox(answer.alloc(), -1, account);
        account.checkUnread(64 << 20);
        out.add(answer);
        assertThat(refused(429, () -> account.checkUnread(5000)).getMessage()).contains("read some");
        account.checkUnread(4096);
        out.close();
        account.checkUnread(5000);
    }

    /// Directories with numbers beyond 2^31 are not rare.
    @Test
    void aRuleForALargeNumberIsForNobodyElse() {
        int large = (int) 4_000_000_000L;
        assertThat(rule("user", large, Rule.ANYBODY).fits(process(large, 5))).isTrue();
        assertThat(rule("user", large, Rule.ANYBODY).fits(process(7, 5))).isFalse();
        assertThat(rule("group", Rule.ANYBODY, large).fits(process(7, 5, large))).isTrue();
        assertThat(rule("group", Rule.ANYBODY, large).fits(process(7, 5))).isFalse();
        assertThat(Rule.everything(large).fits(process(7, 5))).isFalse();
    }

    @Test
    void aLargeNumberIsShownWithoutASign() {
        int large = (int) 4_000_000_000L;
        Owner owner = new Policy(List.of(), clock).owner(process(large, large, large));
        assertThat(owner).asString().endsWith("uid=4000000000 gid=4000000000 groups=4000000000");
        assertThat(refused(403, () -> Policy.check(owner, Paths.Need.STEER)).getMessage())
                .isEqualTo("Rule others does not let uid 4000000000 change anything.");
        assertThat(Rule.everything(large).name()).isEqualTo("uid 4000000000");
        byte[] shown = new Json().octets(Lent.stream(1, owner, new FakeStream(1)).show());
        assertThat(new String(shown, StandardCharsets.UTF_8)).contains("\"uid\" : 4000000000",
                "\"gid\" : 4000000000", "\"groups\" : [ 4000000000 ]");
    }

    @Test
    void theFirstRuleThatFitsIsAProcesssOwn() {
        var policy = new Policy(List.of(rule("root", 0, -1), rule("dev", -1, 44), rule("ann", 1000, -1),
                rule("both", 1001, 45)), clock);
        assertThat(policy.owner(process(0, 44)).rule().name()).isEqualTo("root");
        assertThat(policy.owner(process(1000, 44)).rule().name()).isEqualTo("dev");
        assertThat(policy.owner(process(1000, 1, 7, 44)).rule().name()).isEqualTo("dev");
        assertThat(policy.owner(process(1000, 1, 7)).rule().name()).isEqualTo("ann");
        assertThat(policy.owner(process(1001, 1, 45)).rule().name()).isEqualTo("both");
        assertThat(policy.owner(process(1001, 1)).rule().name()).isEqualTo("others");
        assertThat(policy.owner(process(1002, 45)).rule().name()).isEqualTo("others");
    }

    @Test
    void othersMayLookAndUseUnprivilegedPorts() throws Exception {
        Owner other = new Policy(List.of(), clock).owner(process(1000, 1000));
        Policy.check(other, Paths.Need.LOOK);
        Policy.checkConnect(other, Endpoint.parse("10.88.0.1:22"));
        Policy.checkBind(other, Endpoint.parse("0.0.0.0:1024"));
        Policy.checkBind(other, Endpoint.parse("0.0.0.0:0"));
        refused(403, () -> Policy.checkBind(other, Endpoint.parse("0.0.0.0:1023")));
        refused(403, () -> Policy.check(other, Paths.Need.STEER));
        refused(403, () -> Policy.check(other, Paths.Need.CAPTURE));
    }

    @ParameterizedTest
    @CsvSource({"10.88.0.2:8000, true", "10.88.0.2:8010, true", "10.88.0.2:0, true", "0.0.0.0:0, true",
        "10.88.0.2:7999, false", "10.88.0.2:8011, false", "10.88.1.2:8000, false", "0.0.0.0:8000, false"})
    void binds(String local, boolean may) throws Exception {
        Owner owner = owner(rule("user \"ann\"", 1000, -1));
        if (may) {
            Policy.checkBind(owner, Endpoint.parse(local));
        } else {
            assertThat(refused(403, () -> Policy.checkBind(owner, Endpoint.parse(local))))
                    .hasMessage("Rule user \"ann\" does not let uid 1000 bind " + local + ".")
                    .extracting(HttpError::errno).isEqualTo("EACCES");
        }
    }

    @ParameterizedTest
    @CsvSource({"10.88.0.1:80, true", "10.88.0.1:81, false", "10.88.0.3:80, false"})
    void talks(String remote, boolean may) throws Exception {
        Owner owner = owner(rule("user \"ann\"", 1000, -1));
        assertThat(Policy.mayTalk(owner, Endpoint.parse(remote))).isEqualTo(may);
        if (may) {
            Policy.checkConnect(owner, Endpoint.parse(remote));
        } else {
            assertThat(refused(403, () -> Policy.checkConnect(owner, Endpoint.parse(remote))))
                    .hasMessage("Rule user \"ann\" does not let uid 1000 talk to " + remote + ".");
        }
    }

    @Test
    void whoMayNotUseSocketsMayNotAtAll() {
        Rule none = new Rule("everybody", -1, -1, false, List.of(ends("0.0.0.0/0", 0, 65_535)),
                List.of(ends("0.0.0.0/0", 0, 65_535)), true, true, QUOTA);
        Owner owner = owner(none);
        for (Check each : List.<Check>of(() -> Policy.checkUse(owner),
                () -> Policy.checkBind(owner, Endpoint.parse("0.0.0.0:0")),
                () -> Policy.checkConnect(owner, Endpoint.parse("10.88.0.1:80")))) {
            assertThat(refused(403, each)).hasMessage("Rule everybody does not let uid 1000 use sockets.");
        }
    }

    @Test
    void whoSteersMayTouchOthersSockets() {
        Policy policy = new Policy(List.of(Rule.everything(0)), clock);
        Owner root = policy.owner(process(0, 0));
        Owner ann = policy.owner(process(1000, 1000));
        assertThat(root.mayTouch(ann)).isTrue();
        assertThat(ann.mayTouch(root)).isFalse();
        assertThat(ann.mayTouch(policy.owner(process(1000, 1)))).isTrue();
        assertThat(ann.mayTouch(policy.owner(process(1001, 1000)))).isFalse();
    }

    @Test
    void socketsAreCountedForAllProcessesOfAUser() throws Exception {
        Policy policy = new Policy(List.of(rule("ann", 1000, -1), rule("others", -1, -1)), clock);
        Account account = policy.owner(process(1000, 1)).account();
        assertThat(policy.owner(process(1000, 2)).account()).isSameAs(account);
        assertThat(policy.owner(process(1001, 2)).account()).isNotSameAs(account);
        for (int i = 0; i < 3; i++) {
            account.checkRoom();
            account.opened();
        }
        assertThat(refused(429, account::checkRoom)).extracting(HttpError::errno).isEqualTo("EMFILE");
        assertThat(refused(429, () -> account.connecting(clock.nanoTime())))
                .hasMessage("Rule ann allows 3 sockets of one user, and they are in use.");
        account.closed();
        account.connecting(clock.nanoTime());
    }

    /// Else whoever comes first, by the larger quota of a group, would settle it for all.
    @Test
    void aUserHasAnAccountByEachRule() {
        Policy policy = new Policy(List.of(rule("dev", -1, 44), Rule.others()), clock);
        Account dev = policy.owner(process(1000, 44)).account();
        Account other = policy.owner(process(1000, 1)).account();
        assertThat(dev).isNotSameAs(other);
        for (int i = 0; i < 3; i++) {
            dev.opened();
        }
        assertThat(dev.room()).isFalse();
        assertThat(other.room()).isTrue();
    }

    @Test
    void connectsUnderWayAreBounded() throws Exception {
        Account account = new Account("r", QUOTA, 0, clock.nanoTime());
        account.connecting(clock.nanoTime());
        account.connecting(clock.nanoTime());
        assertThat(refused(429, () -> account.connecting(clock.nanoTime()))).extracting(HttpError::errno)
                .isEqualTo("EAGAIN");
        account.decided();
        account.connecting(clock.nanoTime());
    }

    @Test
    void connectsPerSecondAreBoundedInTheLongRun() throws Exception {
        Account account = new Account("r", QUOTA, 0, clock.nanoTime());
        int done = 0;
        for (int ms = 0; ms < 10_000; ms++) {
            clock.advance(MS);
            try {
                account.connecting(clock.nanoTime());
                account.decided();
                done++;
            } catch (HttpError e) {
                assertThat(e).hasMessage("Rule r allows 10 connects a second to one user.");
            }
        }
        assertThat(done).as("in ten seconds, after a burst of two seconds' worth").isBetween(119, 120);
        clock.advance(3600 * SECOND);
        for (int i = 0; i < 20; i++) {
            account.connecting(clock.nanoTime());
            account.decided();
        }
        refused(429, () -> account.connecting(clock.nanoTime()));
    }

    @Test
    void whoHasTooMuchInTheQueuesWaitsUntilItIsGone() {
        Account account = new Account("r", QUOTA, 0, clock.nanoTime());
        List<String> told = new ArrayList<>();
        account.took(999);
        assertThat(account.takes()).isPositive();
        account.took(1);
        assertThat(account.takes()).isZero();
        account.whenItTakes(() -> told.add("again"));
        account.counted(1000);
        assertThat(told).isEmpty();
        account.counted(999);
        assertThat(told).containsExactly("again");
        assertThat(account.waitedFor()).isFalse();
    }

    @Test
    void roomThatOneLeavesIsForTheNext() {
        Account account = new Account("r", QUOTA, 0, clock.nanoTime());
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            account.opened();
        }
        account.whenRoom(() -> told.add("one"));
        account.whenRoom(() -> told.add("two"));
        account.wake();
        assertThat(told).isEmpty();
        account.closed();
        assertThat(told).containsExactly("one");
        account.wake();
        assertThat(told).containsExactly("one", "two");
    }

    @Test
    void accountsThatNobodyUsesAreForgotten() {
        Policy policy = new Policy(List.of(), clock);
        Account kept = policy.owner(process(1, 1)).account();
        kept.opened();
        Account left = policy.owner(process(2, 2)).account();
        for (int uid = 3; uid < 2000; uid++) {
            policy.owner(process(uid, uid));
        }
        assertThat(policy.owner(process(1, 1)).account()).isSameAs(kept);
        assertThat(policy.owner(process(2, 2)).account()).isNotSameAs(left);
    }
}
