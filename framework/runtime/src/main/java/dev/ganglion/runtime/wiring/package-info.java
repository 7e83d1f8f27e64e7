/**
 * Whether neighbours understand each other: {@link dev.ganglion.runtime.wiring.Wiring} compares
 * what each step of a route gives with what the next one takes, before the first sample.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.wiring;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
