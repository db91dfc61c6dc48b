package org.splnet.dhcp;

/// What a message is for (RFC 2132 §9.6), in the order of the numbers on the wire.
enum MessageType {
    /// Who has an address for me?
    DISCOVER,
    /// I have this one.
    OFFER,
    /// I take it, or want to keep it.
    REQUEST,
    /// Somebody has it already.
    DECLINE,
    /// It is yours.
    ACK,
    /// It is not.
    NAK,
    /// I do not need it any more.
    RELEASE,
    /// I have an address, tell me the rest.
    INFORM;

    private static final MessageType[] ALL = values();

    /// The number on the wire.
    int code() {
        return ordinal() + 1;
    }

    /// By its number; null for others.
    static MessageType of(int code) {
        return code >= 1 && code <= ALL.length ? ALL[code - 1] : null;
    }
}
