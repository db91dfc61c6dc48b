/// Tests of the relays: a real stack on its loopback interface, real sockets of the host's.
package org.splnet.relay;
