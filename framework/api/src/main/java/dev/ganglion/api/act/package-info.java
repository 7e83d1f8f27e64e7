/**
 * The fifth word: an {@link dev.ganglion.api.act.Actuator} changes something. It declares what it
 * can do as {@link dev.ganglion.api.act.ActionSpec}s; the framework checks each action against them
 * before the device hears of it.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.api.act;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
