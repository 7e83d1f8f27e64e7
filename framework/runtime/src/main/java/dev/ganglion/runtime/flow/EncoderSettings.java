package dev.ganglion.runtime.flow;

/**
 * How a route encodes text. A lane keeps one open encoder per settings object, so a route makes one
 * and keeps it.
 *
 * @param tokenizer the name of the plug-in
 * @param truncate whether a text that is too long is cut; otherwise it is refused
 */
public record EncoderSettings(String tokenizer, boolean truncate) {}
