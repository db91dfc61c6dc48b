package org.splnet;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.splnet.cli.Sysexits;
import org.splnet.config.ClientConfig;
import org.splnet.control.Rule;
import org.splnet.unix.Accounts;
import org.splnet.unix.Credentials;

/// The configured clients of the control socket as its rules.
final class ClientRules {
    private ClientRules() {
    }

    /// @throws StartException for a user or group that the host does not have
    static List<Rule> of(List<ClientConfig> clients) throws StartException {
        List<Rule> rules = new ArrayList<>();
        rules.add(Rule.everything(0));
        rules.add(Rule.everything(Credentials.own()));
        try {
            clients.forEach(each -> rules.add(rule(each)));
        } catch (IllegalArgumentException e) {
            throw new StartException(Sysexits.CONFIG, "control.client: " + e.getMessage(), e);
        }
        return rules;
    }

    private static Rule rule(ClientConfig client) {
        ClientConfig.Quota quota = client.quota();
        return new Rule(name(client), number(client, client.user(), Accounts::user),
                number(client, client.group(), Accounts::group), client.sockets(),
                ends(client.bind()), ends(client.connect()), client.steer(), client.capture(),
                new Rule.Quota(quota.sockets(), quota.pending(), quota.connectsPerSecond(), quota.octets()));
    }

    /// @throws IllegalArgumentException if the host has lost him since the configuration was read
    private static int number(ClientConfig client, String account, ToIntFunction<String> lookUp) {
        try {
            return account == null ? Rule.ANYBODY : lookUp.applyAsInt(account);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name(client) + ": " + e.getMessage(), e);
        }
    }

    private static String name(ClientConfig client) {
        return client.user() != null ? "user \"" + client.user() + "\""
                : client.group() != null ? "group \"" + client.group() + "\"" : "everybody";
    }

    private static List<Rule.Ends> ends(List<ClientConfig.Ends> all) {
        return all.stream().map(each -> new Rule.Ends(each.network(), each.firstPort(), each.lastPort()))
                .toList();
    }
}
