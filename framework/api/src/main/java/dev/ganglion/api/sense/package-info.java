/**
 * The first of five words: {@link dev.ganglion.api.sense.Sensor}s notice things and give them, as
 * samples, to the sink that a route holds out. A sensor with a queue of its own, a thread, a device
 * handle: all of it lives between {@code open} and the close of what it returned.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.api.sense;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
