/// The configuration: every mistake and its message, the reference file, hostile input.
package org.splnet.config;
