package dev.ganglion.runtime.act;

/**
 * Where a decision came from, for the audit log.
 *
 * @param route the id of the route
 * @param trace the id of the utterance
 * @param stream who spoke: the file, the client
 * @param model which model in which version answered, {@code name@version}
 * @param hop which stage of a cascade answered, or empty
 * @param text what was said; written only where the owner's file says so
 */
public record Origin(
        String route, String trace, String stream, String model, String hop, String text) {
    /** Nobody said where it came from. */
    public static final Origin UNKNOWN = new Origin("", "", "", "", "", "");
}
