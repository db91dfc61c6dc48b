package org.splnet.service.status;

/// One address.
///
/// @param address with its prefix length
/// @param interfaceName whose it is
/// @param state how far it has come (RFC 5227): `probing`, `announcing`, `held`, `verifying`, `conflict`;
///     `held` too where nobody can contest it
/// @param primary true for the one that is preferred as source
public record AddressStatus(String address, String interfaceName, String state, boolean primary) { }
