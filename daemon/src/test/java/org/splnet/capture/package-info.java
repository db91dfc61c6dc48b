/// Tests of captures.
package org.splnet.capture;
