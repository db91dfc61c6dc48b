package org.splnet.config;

import org.splnet.relay.RelayConfig;

/// One `[[publish]]`, `[[forward]]` or `[[socks]]`.
///
/// @param relay what is to be run
/// @param where it stands: `splnet.toml:12: publish.listen`
public record ConfiguredRelay(RelayConfig relay, String where) { }
