package dev.ganglion.it.faults;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** The runs for people. */
final class Table {
    private static final List<String> PARTS =
            List.of("behind", "route", "encode", "infer", "decide", "total");

    private Table() {}

    static void print(PrintStream out, List<Row> rows, List<Target> targets) {
        out.printf(
                "%-41s %6s %7s %6s %8s %5s %5s %6s %5s %8s %8s %8s %8s %8s %13s %9s %9s%n",
                "",
                "faults",
                "most ms",
                "sent",
                "answered",
                "lost",
                "twice",
                "failed",
                "wrong",
                "p50 us",
                "p99 us",
                "p99.9 us",
                "max us",
                "added ms",
                "RSS MB",
                "threads",
                "handles");
        for (Row row : rows) {
            out.printf(
                    Locale.ROOT,
                    "%-41s %6d %7.0f %6d %8d %5d %5d %6d %5d %8.0f %8.0f %8.0f %8.0f %8s %13s %9s %9s%n",
                    row.label(),
                    row.faults(),
                    row.longestMillis(),
                    row.count("sent"),
                    row.count("answered"),
                    row.count("lost"),
                    row.count("twice"),
                    row.count("failed"),
                    row.count("inconsistent"),
                    row.number("microsP50"),
                    row.number("microsP99"),
                    row.number("microsP999"),
                    row.number("microsMax"),
                    row.fault() == null
                            ? ""
                            : String.format(Locale.ROOT, "%.2f", row.addedMillis()),
                    String.format(
                            Locale.ROOT,
                            "%.1f > %.1f",
                            row.before().residentMegabytes(),
                            row.after().residentMegabytes()),
                    row.before().threads() + " > " + row.after().threads(),
                    row.before().handles() + " > " + row.after().handles());
        }
        out.println(
                "most: until the container had recovered from a fault; added: p99.9 above that of the run without faults; > from before to after");
        parts(out, rows, "where the time of the slowest 0.1 % went", "slowestMicros");
        parts(out, rows, "and of the 0.1 % that took longest by themselves", "ownMicros");
        out.println(
                "behind: late, because those before it were not done or the thread was not woken;"
                        + " collected: all collections of the heap in the run");
        for (Row row : rows) {
            for (Object sentence : row.sentences()) {
                out.println(row.label() + ": " + sentence);
            }
        }
        out.println();
        for (Target target : targets) {
            out.printf(
                    "%-6s  %-52s %s%n",
                    target.met() ? "met" : "MISSED",
                    target.name(),
                    target.promised() + "; found " + target.found());
        }
    }

    private static void parts(PrintStream out, List<Row> rows, String title, String key) {
        out.printf("%n%s, us%n%-41s", title, "");
        for (String part : PARTS) {
            out.printf(" %9s", part);
        }
        out.printf(" %12s%n", "collected ms");
        for (Row row : rows) {
            out.printf("%-41s", row.label());
            for (String part : PARTS) {
                double micros =
                        row.parts(key).get(part) instanceof Number number
                                ? number.doubleValue()
                                : Double.NaN;
                out.printf(Locale.ROOT, " %9.0f", micros);
            }
            out.printf(Locale.ROOT, " %12.0f%n", row.number("collectionMillis"));
        }
    }
}
