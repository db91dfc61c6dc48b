/// Tests of what drivers share.
package org.splnet.driver;
