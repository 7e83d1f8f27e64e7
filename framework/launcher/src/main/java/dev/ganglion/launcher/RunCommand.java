package dev.ganglion.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ganglion run}: routes in the foreground, with every decision on standard output. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a route, prints every decision with the action that came of it, and a summary at the end.",
            "A route whose input ends, such as a file, ends by itself; one that follows or listens runs until Ctrl-C.",
            ""
        },
        footer = {
            "",
            "Exit status: 0 when all went well, 1 when something failed, 2 when the command was not understood."
        })
final class RunCommand implements Callable<Integer> {
    private static final Pattern PLACEHOLDER =
            Pattern.compile("\\{\\{\\??([A-Za-z0-9_.-]+)(?::([^{}]*))?}}");
    private static final long LOOK_MILLIS = 20;
    private static final int INTERRUPTED = 130;
    private static final long QUIET_NANOS = 300_000_000L;
    private static final long WAITING_NANOS = 2_000_000_000L;

    @Parameters(
            paramLabel = "ROUTES",
            description =
                    "A route file (*.camel.yaml, *.camel.xml), or a folder with route files in it.")
    private Path routes = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets a {{placeholder}} of the route. May be given several times.")
    private Map<String, String> placeholders = new LinkedHashMap<>();

    @Option(
            names = "--until-idle",
            description =
                    "Ends a following or listening route too, once all that is there has been worked off.")
    private boolean untilIdle;

    @Option(
            names = "--json",
            description =
                    "Prints one JSON object a line and nothing else: each decision, and a summary at the end.")
    private boolean json;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description =
                    "Records what the route takes up and what comes of it into a file that is not there yet;"
                            + " 'ganglion replay FILE' runs it again. Of several routes the first.")
    private @Nullable Path record;

    @Override
    public Integer call() throws Exception {
        List<Path> files = routeFiles(routes);
        Map<String, String> set = checked(files, placeholders);
        Path recording = free(record);
        RunReport report = new RunReport(json, System.out, System.err);
        CountDownLatch ended = new CountDownLatch(1);
        try (Container container = Container.take()) {
            container
                    .set("ganglion.routes", routes.toAbsolutePath().normalize().toString())
                    .set("ganglion.set", String.join(",", set.keySet()));
            if (recording != null) {
                container.set("ganglion.record", recording.toString());
            }
            set.forEach((name, value) -> container.set("ganglion.set." + name, value));
            Thread stop =
                    new Thread(
                            () -> {
                                container.close();
                                report.summary();
                                ended.countDown();
                            },
                            "stop");
            Runtime.getRuntime().addShutdownHook(stop);
            try {
                container.start(report);
            } catch (IOException e) {
                Runtime.getRuntime().removeShutdownHook(stop); // nothing ran, nothing to sum up
                throw e;
            }
            container.problems().forEach(problem -> System.err.println("ganglion: " + problem));
            int status = await(container, report, ended);
            if (ended.getCount() > 0) {
                container.close();
                Runtime.getRuntime().removeShutdownHook(stop);
            }
            report.summary();
            return status;
        } catch (IllegalStateException e) {
            // When Ctrl-C came first, the hook stops the container and prints the summary.
            if (ended.await(Container.STOP_SECONDS, TimeUnit.SECONDS)) {
                return INTERRUPTED;
            }
            throw e;
        }
    }

    /** {@return the file of a recording, absolute; one that is there already is refused} */
    private static @Nullable Path free(@Nullable Path recording) throws IOException {
        if (recording == null) {
            return null;
        }
        Path file = recording.toAbsolutePath().normalize();
        Path folder = file.getParent();
        if (Files.exists(file)) {
            throw new IOException(
                    "--record: "
                            + file
                            + " is there already; name another file, or remove this one");
        }
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IOException(
                    "--record: there is no folder " + folder + "; make it, or name another file");
        }
        return file;
    }

    /** Looks until the routes have ended, or nothing is left to wait for. */
    private int await(Container container, RunReport report, CountDownLatch stopped)
            throws InterruptedException {
        @SuppressWarnings("unchecked") // the container offers a supplier of maps under this name
        Supplier<Map<String, Object>> status = container.command(Supplier.class, "status");
        if (status == null) {
            System.err.println(
                    "ganglion: the container started without routes; 'ganglion doctor' says why");
            return 1;
        }
        long idleSince = 0;
        long waitingSince = 0;
        while (true) {
            Map<String, Object> now = status.get();
            Map<String, Integer> states = states(now);
            int waiting = states.getOrDefault("waiting", 0);
            int broken = states.getOrDefault("broken", 0);
            boolean ready = Boolean.TRUE.equals(now.get("ready"));
            if (ready && waiting == 0 && !anyRoutes(now)) {
                return 1;
            }
            if (ready && waiting == 0 && Boolean.TRUE.equals(now.get("ended"))) {
                return report.failures() == 0 && broken == 0 ? 0 : 1;
            }
            long time = System.nanoTime();
            waitingSince = waiting == 0 ? 0 : waitingSince == 0 ? time : waitingSince;
            boolean idle =
                    untilIdle
                            && Boolean.TRUE.equals(now.get("caughtUp"))
                            && report.quietFor(time, QUIET_NANOS);
            idleSince = !idle ? 0 : idleSince == 0 ? time : idleSince;
            if (idle
                    && time - idleSince > QUIET_NANOS
                    && (waiting == 0 || time - waitingSince > WAITING_NANOS)) {
                return report.failures() == 0 && waiting == 0 && broken == 0 ? 0 : 1;
            }
            if (stopped.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                return INTERRUPTED;
            }
        }
    }

    private static boolean anyRoutes(Map<String, Object> status) {
        return status.get("routes") instanceof List<?> files
                && files.stream()
                        .anyMatch(
                                file ->
                                        file instanceof Map<?, ?> map
                                                && map.get("routes") instanceof List<?> ids
                                                && !ids.isEmpty());
    }

    private static Map<String, Integer> states(Map<String, Object> status) {
        Map<String, Integer> states = new TreeMap<>();
        if (status.get("routes") instanceof List<?> files) {
            for (Object file : files) {
                if (file instanceof Map<?, ?> map) {
                    states.merge(String.valueOf(map.get("state")), 1, Integer::sum);
                }
            }
        }
        return states;
    }

    /** {@return the route files of a folder, or the one that was named} */
    static List<Path> routeFiles(Path routes) throws IOException {
        if (!Files.exists(routes)) {
            throw new IOException(
                    "there is no route file or folder "
                            + routes.toAbsolutePath()
                            + neighbours(routes));
        }
        if (Files.isRegularFile(routes)) {
            if (!isRoute(routes)) {
                throw new IOException(
                        routes
                                + " is no route file: its name must end in .camel.yaml or .camel.xml");
            }
            return List.of(routes);
        }
        try (Stream<Path> files = Files.walk(routes, 2)) {
            List<Path> found = files.filter(RunCommand::isRoute).sorted().toList();
            if (found.isEmpty()) {
                throw new IOException(
                        "there is no route file in "
                                + routes.toAbsolutePath()
                                + "; expected one whose name ends in .camel.yaml or .camel.xml");
            }
            return found;
        }
    }

    private static boolean isRoute(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".camel.yaml") || name.endsWith(".camel.xml");
    }

    private static String neighbours(Path missing) {
        Path parent = missing.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            return "";
        }
        try (Stream<Path> files = Files.list(parent)) {
            return "; "
                    + parent
                    + " has: "
                    + files.map(file -> String.valueOf(file.getFileName()))
                            .sorted()
                            .limit(10)
                            .collect(Collectors.joining(", "));
        } catch (IOException unreadable) {
            return "";
        }
    }

    /**
     * Refuses values of placeholders that no route file has. A value that names a file here becomes
     * absolute, because the route lies elsewhere.
     */
    static Map<String, String> checked(List<Path> files, Map<String, String> given)
            throws IOException {
        Map<String, String> existing = new TreeMap<>();
        for (Path file : files) {
            Matcher placeholders = PLACEHOLDER.matcher(Files.readString(file));
            while (placeholders.find()) {
                @Nullable String byDefault = placeholders.group(2);
                existing.putIfAbsent(placeholders.group(1), byDefault == null ? "" : byDefault);
            }
        }
        Map<String, String> checked = new LinkedHashMap<>();
        List<String> known = new ArrayList<>();
        existing.forEach(
                (name, byDefault) ->
                        known.add(
                                byDefault.isEmpty()
                                        ? name
                                        : name + " (default " + byDefault + ")"));
        for (Map.Entry<String, String> each : given.entrySet()) {
            if (!existing.containsKey(each.getKey())) {
                throw new IllegalArgumentException(
                        "--set "
                                + each.getKey()
                                + ": the route has no such placeholder; "
                                + (known.isEmpty()
                                        ? "it has none"
                                        : "it has: " + String.join(", ", known)));
            }
            String value = each.getValue();
            boolean path = value.contains("/") || value.contains(".");
            checked.put(
                    each.getKey(),
                    path && Files.exists(Path.of(value))
                            ? Path.of(value).toAbsolutePath().normalize().toString()
                            : value);
        }
        return checked;
    }
}
