/**
 * What happened, for those who show, count or record it: {@link
 * dev.ganglion.runtime.report.Observer}. {@link dev.ganglion.runtime.report.Statistics} counts and
 * has percentiles, {@link dev.ganglion.runtime.report.Slowest} keeps the ten slowest of each route.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.report;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
