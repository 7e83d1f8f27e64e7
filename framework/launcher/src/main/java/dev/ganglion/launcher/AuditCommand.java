package dev.ganglion.launcher;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ganglion audit}: what was asked of devices. Reads the files; no container need run. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what was asked of devices and what came of it, from var/audit; no container need run.",
            ""
        },
        footer = {
            "",
            "Each line of the log has the checksum of the one before: --verify finds lines that were changed, taken"
                    + " out or put in by accident. The chain has no key: whoever can write the file can make a new"
                    + " one, or cut off the newest lines. Keep the checksum that it prints elsewhere and compare.",
            "An action that has no outcome (asked) was under way when the container was killed.",
            "Exit status: 0, or 1 when there is no log or --verify finds something."
        })
final class AuditCommand implements Callable<Integer> {
    /** The oldest first. */
    private static final List<String> FILES =
            List.of(
                    "actions.4.jsonl",
                    "actions.3.jsonl",
                    "actions.2.jsonl",
                    "actions.1.jsonl",
                    "actions.jsonl");

    private static final String FIRST = "0".repeat(64);
    private static final int BETWEEN = 100;

    @Option(names = "--last", paramLabel = "N", description = "How many actions (default: 20).")
    private int last = 20;

    @Option(names = "--verify", description = "Checks the chain of checksums over all lines.")
    private boolean verify;

    @Option(names = "--json", description = "Prints the lines as they are.")
    private boolean json;

    private final List<String> breaks = new ArrayList<>();
    private String before = "";
    private boolean rotated;
    private long lines;

    @Override
    public Integer call() throws Exception {
        Path folder = Container.var(Container.home()).resolve("audit");
        Deque<String> newest = new ArrayDeque<>();
        boolean any = false;
        rotated = FILES.stream().limit(4).anyMatch(each -> Files.exists(folder.resolve(each)));
        for (String name : FILES) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                any = true;
                if (verify && Files.size(file) == 0 && !name.equals("actions.jsonl")) {
                    breaks.add(file + " is empty; no log is put away before it has lines");
                }
                read(file, newest);
            }
        }
        if (!any) {
            throw new IOException(
                    "there is no audit log in " + folder + "; no route asked a device there yet");
        }
        if (verify) {
            return verdict();
        }
        print(newest);
        return 0;
    }

    private void read(Path file, Deque<String> newest) throws IOException {
        long number = 0;
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                lines++;
                if (verify) {
                    check(file + ":" + number, line);
                } else {
                    newest.addLast(line);
                    // An action has two lines, and other ones may stand between them.
                    if (newest.size() > 2L * Math.max(1, last) + BETWEEN) {
                        newest.removeFirst();
                    }
                }
            }
        }
    }

    private void check(String place, String line) throws IOException {
        Map<String, Object> entry = parsed(line);
        if (entry == null) {
            breaks.add(
                    place + " is not whole: a container ended while it wrote, or it was changed");
        } else {
            Object named = entry.get("before");
            // Of the oldest line that is kept, the one before may have been rotated away.
            boolean follows =
                    before.isEmpty()
                            ? number(entry) == 1 ? FIRST.equals(named) : rotated
                            : before.equals(named);
            if (!follows) {
                breaks.add(place + " does not follow what stands before it: something was changed");
            }
        }
        before = sha256(line);
    }

    private static long number(Map<String, Object> entry) {
        return entry.get("n") instanceof Number number ? number.longValue() : 0;
    }

    private static @Nullable Map<String, Object> parsed(String line) {
        try {
            return JSON.std.mapFrom(line);
        } catch (IOException torn) {
            return null;
        }
    }

    private static String sha256(String line) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(line.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private int verdict() {
        breaks.forEach(System.out::println);
        System.out.println(
                lines
                        + " lines, "
                        + (breaks.isEmpty() ? "none changed" : breaks.size() + " breaks")
                        + "; the checksum of the last is "
                        + before);
        return breaks.isEmpty() ? 0 : 1;
    }

    private void print(Deque<String> newest) {
        if (json) {
            newest.stream()
                    .skip(Math.max(0, newest.size() - Math.max(1, last)))
                    .forEach(System.out::println);
            return;
        }
        List<Object[]> rows = rows(newest);
        TextTable table = new TextTable("TIME", "ROUTE", "ACTUATOR", "ACTION", "OUTCOME", "WHY");
        rows.subList(Math.max(0, rows.size() - Math.max(1, last)), rows.size()).forEach(table::row);
        table.print(System.out);
    }

    /** One for each action, with its outcome if there is one. */
    private static List<Object[]> rows(Deque<String> newest) {
        Map<Long, Integer> asked = new HashMap<>();
        List<Object[]> rows = new ArrayList<>();
        for (String line : newest) {
            Map<String, Object> entry = parsed(line);
            if (entry == null) {
                rows.add(new Object[] {"", "", "", "", "torn", line});
                continue;
            }
            Integer place =
                    entry.get("of") instanceof Number of ? asked.remove(of.longValue()) : null;
            if ("asked".equals(entry.get("outcome"))) {
                asked.put(number(entry), rows.size());
            }
            if (place == null) {
                rows.add(row(entry));
            } else {
                rows.set(place, row(entry));
            }
        }
        return rows;
    }

    private static Object[] row(Map<String, Object> entry) {
        String action = String.valueOf(entry.get("action"));
        Object times = entry.get("times");
        return new Object[] {
            entry.get("time"),
            entry.get("route"),
            entry.get("actuator"),
            action.isEmpty() ? "" : action + entry.get("parameters"),
            entry.get("outcome") + (times == null ? "" : ", " + times + " times"),
            entry.get("why")
        };
    }
}
