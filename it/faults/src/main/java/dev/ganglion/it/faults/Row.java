package dev.ganglion.it.faults;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run.
 *
 * @param fault what was done meanwhile, null for nothing
 * @param faults how often
 * @param longestMillis how long the container needed at most to recover from one
 * @param report what the container's observer counted
 * @param before memory, threads and handles before the run
 * @param after the same after it, when it had come to rest
 * @param quiet the run without faults that it is compared with, itself if it is one
 */
record Row(
        Subject subject,
        @Nullable Fault fault,
        int faults,
        double longestMillis,
        Map<String, Object> report,
        Figures before,
        Figures after,
        @Nullable Row quiet) {

    /** {@return a count of the report} */
    int count(String key) {
        return (int) number(key);
    }

    /** {@return a figure of the report; not a number when nothing was answered} */
    double number(String key) {
        return report.get(key) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** {@return how much slower the 99.9th percentile was than without faults, in milliseconds} */
    double addedMillis() {
        return quiet == null ? 0 : (number("microsP999") - quiet.number("microsP999")) / 1e3;
    }

    /** {@return how many messages may have failed: of each kill the one in flight} */
    int mayFail() {
        return fault == Fault.KILL ? faults : 0;
    }

    /** {@return how often another version answers than before, if each swap does what it says} */
    int expectedChanges() {
        return fault == Fault.SWAP ? faults : 0;
    }

    /** {@return how many answers each version gave} */
    Map<?, ?> answers() {
        return report.get("answers") instanceof Map<?, ?> answers ? answers : Map.of();
    }

    /** {@return what each version says} */
    Map<?, ?> saying() {
        return report.get("saying") instanceof Map<?, ?> saying ? saying : Map.of();
    }

    /** {@return the first sentences about what failed} */
    List<?> sentences() {
        return report.get("sentences") instanceof List<?> sentences ? sentences : List.of();
    }

    /** {@return where the time of some messages went: {@code slowestMicros}, {@code ownMicros}} */
    Map<?, ?> parts(String key) {
        return report.get(key) instanceof Map<?, ?> parts ? parts : Map.of();
    }

    String label() {
        return subject.label() + ": " + (fault == null ? "no faults" : fault.label());
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>(report);
        json.put("subject", subject.label());
        json.put("fault", fault == null ? "none" : fault.toString());
        json.put("faults", faults);
        json.put("longestRecoveryMillis", longestMillis);
        json.put("addedMillisP999", addedMillis());
        json.put("before", json(before));
        json.put("after", json(after));
        return json;
    }

    private static Map<String, Object> json(Figures figures) {
        return Map.of(
                "residentMegabytes", figures.residentMegabytes(),
                "threads", figures.threads(),
                "handles", figures.handles(),
                "processes", figures.processes());
    }
}
