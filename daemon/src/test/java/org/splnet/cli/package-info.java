/// Tests of the command line.
package org.splnet.cli;
