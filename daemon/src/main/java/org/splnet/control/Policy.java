package org.splnet.control;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.splnet.kern.Clock;
import org.splnet.service.http.HttpError;
import org.splnet.unix.Credentials;
import org.splnet.wire.Endpoint;

/// Who may what. By the poller's thread.
final class Policy {
    /// Whose an account is. Processes of one user that different rules fit (by their groups) have accounts of
    /// their own, or who came first would settle the quota for the others.
    private record Holder(int uid, String rule) { }

    private static final int MOST_IDLE = 256;
    /// A process that connects again and again is not asked for its name each time.
    private static final long NAME_HOLDS_NS = 1_000_000_000;

    private List<Rule> rules;
    private int generation;
    private final Clock clock;
    private final Map<Holder, Account> accounts = new HashMap<>();
    private int named;                  // the process whose name this is
    private String name = "";
    private long namedNs;

    /// @param rules the first that fits is a process's own
    Policy(List<Rule> rules, Clock clock) {
        this.rules = List.copyOf(rules);
        this.clock = clock;
    }

    /// Other rules, for who connects from now on; what a user may have together is counted on.
    void change(List<Rule> next) {
        rules = List.copyOf(next);
        generation++;
    }

    /// What `who` may and has.
    Owner owner(Credentials who) {
        Rule rule = rules.stream().filter(each -> each.fits(who)).findFirst().orElseGet(Rule::others);
        if (accounts.size() > MOST_IDLE) {
            accounts.values().removeIf(Account::idle);
        }
        Account account = accounts.computeIfAbsent(new Holder(who.uid(), rule.name()),
                holder -> new Account(rule.name(), rule.quota(), generation, clock.nanoTime()));
        account.rule(rule.name(), rule.quota(), generation);
        return new Owner(who, program(who), rule, account);
    }

    private String program(Credentials who) {
        long nowNs = clock.nanoTime();
        if (who.pid() != named || nowNs - namedNs > NAME_HOLDS_NS) {
            name = who.program();
            named = who.pid();
            namedNs = nowNs;
        }
        return name;
    }

    static void checkBind(Owner owner, Endpoint local) throws HttpError {
        checkUse(owner);
        if (local.port() != 0 && owner.rule().bind().stream().noneMatch(each -> each.contains(local))) {
            throw SocketErrors.forbidden("Rule " + owner.rule().name() + " does not let uid "
                    + owner.user() + " bind " + local + ".");
        }
    }

    /// True if the rule lets `owner` talk to `remote`.
    static boolean mayTalk(Owner owner, Endpoint remote) {
        for (Rule.Ends each : owner.rule().connect()) {
            if (each.contains(remote)) {
                return true;
            }
        }
        return false;
    }

    static void checkConnect(Owner owner, Endpoint remote) throws HttpError {
        checkUse(owner);
        if (!mayTalk(owner, remote)) {
            throw SocketErrors.forbidden("Rule " + owner.rule().name() + " does not let uid "
                    + owner.user() + " talk to " + remote + ".");
        }
    }

    static void checkUse(Owner owner) throws HttpError {
        if (!owner.rule().sockets()) {
            throw SocketErrors.forbidden("Rule " + owner.rule().name() + " does not let uid "
                    + owner.user() + " use sockets.");
        }
    }

    /// @throws HttpError 403 that names the rule, if it does not let `owner` do such things
    static void check(Owner owner, Paths.Need need) throws HttpError {
        boolean may = switch (need) {
            case LOOK -> true;
            case STEER -> owner.rule().steer();
            case CAPTURE -> owner.rule().capture();
        };
        if (!may) {
            throw SocketErrors.forbidden("Rule " + owner.rule().name() + " does not let uid "
                    + owner.user() + (need == Paths.Need.STEER ? " change anything."
                            : " capture packets."));
        }
    }
}
