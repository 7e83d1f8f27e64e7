/**
 * The runtime in a container: thin wrappers that turn services into plug-ins and folders into
 * configuration.
 */
@NullMarked
package dev.ganglion.runtime.osgi;

import org.jspecify.annotations.NullMarked;
