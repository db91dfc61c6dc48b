package org.splnet.dhcp;

/// The options that are read or written (RFC 2132, where nothing else is said).
final class OptionCode {
    static final int PAD = 0;
    static final int SUBNET_MASK = 1;
    static final int ROUTER = 3;
    static final int DNS = 6;
    static final int HOST_NAME = 12;
    static final int DOMAIN_NAME = 15;
    static final int MTU = 26;
    static final int NTP = 42;
    static final int REQUESTED_ADDRESS = 50;
    static final int LEASE_TIME = 51;
    static final int OVERLOAD = 52;
    static final int MESSAGE_TYPE = 53;
    static final int SERVER_ID = 54;
    static final int PARAMETERS = 55;
    static final int MESSAGE = 56;
    static final int MAX_SIZE = 57;
    static final int RENEWAL_TIME = 58;
    static final int REBINDING_TIME = 59;
    static final int CLIENT_ID = 61;
    /// RFC 3442.
    static final int CLASSLESS_ROUTES = 121;
    static final int END = 255;

    private OptionCode() {
    }
}
