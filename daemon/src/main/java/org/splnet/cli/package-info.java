/// The command line.
package org.splnet.cli;
