package dev.ganglion.wyoming;

/**
 * How much of an event is taken before it is refused.
 *
 * @param headerBytes of the line of JSON, with what it carries of the data
 * @param dataBytes of the JSON that follows the line
 * @param payloadBytes of the sound that follows the JSON
 */
public record Limits(int headerBytes, int dataBytes, int payloadBytes) {
    /** As much as the reference implementation takes as a line. */
    public static final int HEADER_BYTES = 65_536;
}
