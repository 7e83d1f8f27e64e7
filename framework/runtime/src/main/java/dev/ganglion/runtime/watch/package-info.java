/**
 * {@link dev.ganglion.runtime.watch.FolderWatch} tells when something in a folder changed and has
 * come to rest.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.watch;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
