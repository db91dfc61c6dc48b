package org.splnet.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.splnet.config.ClientConfig.Ends;
import org.splnet.config.ClientConfig.Quota;
import org.splnet.wire.Cidr;

/// Reads `[control]`, and `[[control.client]]`: who may what by the control socket.
final class ControlReader {
    private static final String EXPECTED = "must be an address or network or *, a colon, and a port, two"
            + " ports with - between them, or *: \"10.88.0.2:80\", \"*:1024-65535\"";
    private static final Cidr EVERYWHERE = Cidr.parse("0.0.0.0/0");
    private static final int MOST_PORT = 65_535;
    private static final Ends ANY = new Ends(EVERYWHERE, 0, MOST_PORT);
    private static final Ends UNPRIVILEGED = new Ends(EVERYWHERE, 1024, MOST_PORT);

    private ControlReader() {
    }

    static ControlConfig read(Section section, AccountCatalog accounts) {
        String socket = section.parsed("socket", ControlConfig.SOCKET, ControlReader::socket);
        List<ClientConfig> clients = clients(section.tables("client"),
                socket.isEmpty() ? AccountCatalog.UNASKED : accounts);      // nobody can be a client of none
        section.reportUnknown();
        return new ControlConfig(socket, clients);
    }

    private static String socket(String text) {
        try {
            return new ControlConfig(text).socket();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage().substring("socket: ".length()), e);
        }
    }

    private static List<ClientConfig> clients(List<Section> sections, AccountCatalog accounts) {
        List<ClientConfig> clients = new ArrayList<>();
        for (Section section : sections) {
            String user = section.parsed("user", null, text -> name(text, accounts::user));
            String group = section.parsed("group", null, text -> name(text, accounts::group));
            if (section.has("user") && section.has("group")) {
                section.problem("group", "must not be there beside user");
            }
            List<Ends> bind = section.list("bind", ControlReader::ends);
            List<Ends> connect = section.list("connect", ControlReader::ends);
            clients.add(new ClientConfig(user, group, section.bool("sockets", true),
                    section.has("bind") ? bind : List.of(UNPRIVILEGED),
                    section.has("connect") ? connect : List.of(ANY), section.bool("steer", false),
                    section.bool("capture", false),
                    new RecordBinder<>(Quota.class, Quota.DEFAULTS).bind(section.table("quota"))));
            section.reportUnknown();
        }
        return clients;
    }

    private static String name(String text, Consumer<String> lookUp) {
        if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("must be a name or a number");
        }
        lookUp.accept(text);
        return text;
    }

    private static Ends ends(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(EXPECTED);
        }
        String network = text.substring(0, colon);
        String ports = text.substring(colon + 1);
        int dash = ports.indexOf('-');
        int first = ports.equals("*") ? 0 : port(dash < 0 ? ports : ports.substring(0, dash));
        int last = ports.equals("*") ? MOST_PORT : port(dash < 0 ? ports : ports.substring(dash + 1));
        if (first > last) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return new Ends(network(network), first, last);
    }

    private static Cidr network(String text) {
        if (text.equals("*")) {
            return EVERYWHERE;
        }
        try {
            return Cidr.parse(text.contains("/") ? text : text + "/32");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(EXPECTED, e);
        }
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > MOST_PORT) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return Integer.parseInt(text);
    }
}
