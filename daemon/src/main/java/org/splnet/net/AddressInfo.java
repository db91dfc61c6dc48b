package org.splnet.net;

import org.splnet.wire.Cidr;

/// One address of an interface as people see it.
///
/// @param state how far its claim has come; [AddressClaim.State#HELD] where it has none
/// @param primary true for the one that is preferred as source
public record AddressInfo(Cidr address, AddressClaim.State state, boolean primary) { }
