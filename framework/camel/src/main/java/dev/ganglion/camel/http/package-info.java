/**
 * Commands over HTTP: what was said comes in as the body of a request, and what comes of it goes
 * back while it happens, as server-sent events, or at the end as one JSON object.
 *
 * <p>{@link dev.ganglion.camel.http.HttpCommands} makes the parameter {@code commands=true} of
 * Camel's {@code netty-http:} known. Such an address gets a server of its own ({@code
 * CommandServer}); in each of its connections a {@code CommandGate} refuses what may not come in
 * before a message is made of it, and writes the answers. What follows the message is its {@code
 * Reply}; {@code CommandBinding} ties both to the message.
 *
 * <p>Netty and Camel's component lie in a bundle that comes and goes, so this package does not
 * import them: all of it but {@code HttpCommands} is defined anew by a loader beside the component
 * that it is for, and goes with it.
 */
@NullMarked
package dev.ganglion.camel.http;

import org.jspecify.annotations.NullMarked;
