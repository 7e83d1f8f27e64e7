/**
 * Route files: {@link dev.ganglion.camel.route.RouteFiles} loads each {@code *.camel.yaml} and
 * {@code *.camel.xml}, reloads it when it changes, lets it wait while something is missing, and
 * keeps its last good version running while the new one is broken. {@link
 * dev.ganglion.camel.route.RouteFolder} finds the files. {@link
 * dev.ganglion.camel.route.RouteContext} makes a Camel context that is right for this. {@link
 * dev.ganglion.camel.route.WhySlow} says of a route that runs where its slowest messages spent
 * their time.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.camel.route;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
