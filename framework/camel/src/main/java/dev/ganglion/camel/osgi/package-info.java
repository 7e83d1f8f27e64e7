/**
 * Camel in a container: a class loader over the bundles that extend Camel, finders that do not
 * remember misses, and the component that starts it all.
 */
@NullMarked
package dev.ganglion.camel.osgi;

import org.jspecify.annotations.NullMarked;
