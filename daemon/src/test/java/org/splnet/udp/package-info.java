/// Tests of UDP over a network that only records.
package org.splnet.udp;
