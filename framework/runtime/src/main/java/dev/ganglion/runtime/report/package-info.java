/**
 * What happened, for those who show, count or record it: {@link
 * dev.ganglion.runtime.report.Observer}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.report;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
