/// Tests of the metrics.
package org.splnet.service.metrics;
