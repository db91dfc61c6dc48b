package org.splnet.service.status;

/// What came of one echo request.
///
/// @param outcome `reply`, `timeout`, `no-route`, `not-sent`, `unreachable`
/// @param from who answered, or said that it is unreachable; null if nobody did
/// @param rttNs from the request to that; 0 if there was nothing
/// @param ttl time to live that the reply came with
/// @param octets of data in the reply
public record PingStatus(String outcome, String from, long rttNs, int ttl, int octets) { }
