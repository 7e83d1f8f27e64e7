package dev.ganglion.it.faults;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Something that is promised, beside what was found.
 *
 * @param name what about which run
 * @param promised in words
 * @param found in words
 * @param met whether it was kept
 * @param binding whether the command fails when it was not: what depends on how busy the machine is
 *     is only told
 */
record Target(String name, String promised, String found, boolean met, boolean binding) {
    private static final double ADDED_MILLIS = 1;
    private static final double WORKER_MICROS = 150;

    /**
     * {@return all that is promised about these runs}
     *
     * @param callMicros the median time that the model took for 22 tokens
     */
    static List<Target> of(List<Row> rows, Map<Subject, Double> callMicros) {
        List<Target> targets = new ArrayList<>();
        for (Row row : rows) {
            about(row, targets);
        }
        Double inProcess = callMicros.get(Subject.ONNXRUNTIME);
        Double worker = callMicros.get(Subject.WORKER);
        if (inProcess != null && worker != null) {
            double own = inProcess;
            double beside = worker;
            targets.add(
                    new Target(
                            "a call of the model in a worker, 22 tokens",
                            "<= 150 us over in-process",
                            String.format(
                                    Locale.ROOT,
                                    "%.0f us over: %.0f us, %.0f us in-process, ratio %.2f",
                                    beside - own,
                                    beside,
                                    own,
                                    beside / own),
                            beside - own <= WORKER_MICROS,
                            false));
        }
        return targets;
    }

    private static void about(Row row, List<Target> targets) {
        targets.add(
                new Target(
                        row.label() + ": messages",
                        "lost 0, twice 0, failed "
                                + (row.mayFail() == 0 ? "0" : "<= " + row.mayFail()),
                        String.format(
                                "lost %d, twice %d, failed %d of %d",
                                row.count("lost"),
                                row.count("twice"),
                                row.count("failed"),
                                row.count("sent")),
                        row.count("lost") == 0
                                && row.count("twice") == 0
                                && row.count("failed") <= row.mayFail()
                                && row.count("answered") + row.count("failed") == row.count("sent"),
                        true));
        targets.add(
                new Target(
                        row.label() + ": versions",
                        row.expectedChanges()
                                + " changes in the log, each answer of the version that is said",
                        row.count("versionChanges")
                                + " changes, "
                                + row.count("inconsistent")
                                + " wrong, "
                                + row.answers(),
                        row.count("versionChanges") == row.expectedChanges()
                                && row.count("inconsistent") == 0
                                && row.saying().values().stream().distinct().count()
                                        == row.answers().size(),
                        true));
        if (row.fault() == null) {
            return;
        }
        if (row.fault() == Fault.SWAP) {
            targets.add(
                    new Target(
                            row.label() + ": p99.9",
                            "<= 1 ms above the run without",
                            String.format(Locale.ROOT, "%.2f ms above", row.addedMillis()),
                            row.addedMillis() <= ADDED_MILLIS,
                            false));
        }
        targets.add(
                new Target(
                        row.label() + ": memory",
                        "after <= before + 5 MB",
                        String.format(
                                Locale.ROOT,
                                "%.1f MB before, %.1f MB after",
                                row.before().residentMegabytes(),
                                row.after().residentMegabytes()),
                        row.after().fitsMemory(row.before()),
                        false));
        targets.add(
                new Target(
                        row.label() + ": threads, handles",
                        "after <= before + 5",
                        row.before().threads()
                                + ", "
                                + row.before().handles()
                                + " before, "
                                + row.after().threads()
                                + ", "
                                + row.after().handles()
                                + " after",
                        row.after().fitsCounts(row.before()),
                        false));
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("promised", promised);
        json.put("found", found);
        json.put("met", met);
        json.put("binding", binding);
        return json;
    }
}
