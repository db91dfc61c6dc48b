/// Tests of the control socket.
package org.splnet.control;
