/// Tests of buffers and waiters, and what they share.
package org.splnet.socket;
