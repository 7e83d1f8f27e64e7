/**
 * Who is there: {@link dev.ganglion.runtime.plugin.Plugins} knows each plug-in by kind and name, as
 * they come and go.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.plugin;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
