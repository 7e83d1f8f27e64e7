/** Workers in a container: which jars the classes of an engine's bundle come from. */
@NullMarked
package dev.ganglion.worker.osgi;

import org.jspecify.annotations.NullMarked;
