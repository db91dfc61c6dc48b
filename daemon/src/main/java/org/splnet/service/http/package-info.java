/// HTTP/1.1 (RFC 9110, RFC 9112) over our own sockets. The codec is Netty's, driven through an embedded
/// channel; what is here is what a server adds to it: when to read, when to refuse, when to close.
///
/// Entry points: [org.splnet.service.http.HttpSession], one per connection, and
/// [org.splnet.service.http.Router], which says who handles a path.
///
/// Threads: a virtual thread per connection, which waits where it must, so that a slow hash or a large page
/// never holds up a NIC's input thread. One thing is different: [org.splnet.service.http.Exchange#stream]
/// lets the socket's readiness send the body, in the input thread that processed the acknowledgement, so that
/// a long download costs no change of threads; the virtual thread sleeps meanwhile.
///
/// Bounds: request line, header size and fields, time for a header, time without progress, body size where a
/// handler does not take one, connections. A client is read only as fast as its requests are answered: one
/// message is decoded at a time, and no more than 4 KiB are read that may lie behind it. Answers that are
/// rendered and not taken yet have one budget in octets for all connections of a server
/// ([org.splnet.service.http.AnswerBudget]): past it requests are answered with 503 and counted.
///
/// May use: `socket`, `pkt`, `wire`, `kern`, and `service`. Locks: none.
///
/// Deliberately missing: HTTP/2, TLS, ranges, compression, conditional requests.
package org.splnet.service.http;
