/// Unix sockets of the host's kernel, as the control plane needs them: descriptors that are passed on, the
/// two ways in which a connection ends told apart, the credentials of who is there; one thread that waits for
/// many of them; and memory that is shared with a process, with a [org.splnet.unix.Ring] for each direction.
///
/// Why not the JDK's channels or Netty's: neither lends its descriptor, passes one on together with octets,
/// or tells `close` from `shutdown`, which for a client that has died is the difference between a socket that
/// ends and one that stays for ever. The calls go through `java.lang.foreign` ([org.splnet.unix.Libc], the
/// drivers' as well); nothing is allocated by a call, and results are the kernel's: what the call returns, or
/// `-errno`.
package org.splnet.unix;
