/**
 * What stands between a decision and a device. {@link dev.ganglion.runtime.act.ActionRules} say, in
 * a file of the integrator's, which decision becomes which action; {@link
 * dev.ganglion.runtime.act.ActionGate} checks each action against what the device declared (names,
 * types, ranges, rates) before the device hears of it. A model never speaks to a device.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.act;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
