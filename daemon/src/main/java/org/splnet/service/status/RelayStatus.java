package org.splnet.service.status;

/// One relay between the stack and the host.
///
/// @param id its number, by which it can be removed
/// @param kind `publish`, `forward` or `socks`
/// @param listen where it listens: `tcp://…` or `unix://…`
/// @param to where it leads to; empty if the client says
/// @param open connections, or flows of datagrams, open now
/// @param total connections let in
/// @param refused connections reset, or datagrams dropped, because there were as many as allowed
/// @param failed connections for which the other side could not be had; of datagrams, errors it told
/// @param idleTimeouts connections reset, or flows ended, because nothing moved
/// @param resets connections that one side has reset
/// @param dropped datagrams thrown away
/// @param octetsToStack octets from the host into the stack
/// @param octetsToHost octets from the stack to the host
public record RelayStatus(int id, String kind, String listen, String to, long open, long total, long refused,
        long failed, long idleTimeouts, long resets, long dropped, long octetsToStack, long octetsToHost) { }
