/// Tests of the pcap driver: options and recognition as they are; the rest, tagged `root`, on a veth pair.
package org.splnet.netif.pcap;
