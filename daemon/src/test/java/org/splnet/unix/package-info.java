/// Tests of the host's descriptors and of the thread that waits for them.
package org.splnet.unix;
