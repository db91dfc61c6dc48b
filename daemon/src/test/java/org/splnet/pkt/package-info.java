/// Tests of packets and where they come from.
package org.splnet.pkt;
