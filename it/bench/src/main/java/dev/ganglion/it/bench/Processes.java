package dev.ganglion.it.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Starts whole programs, one after the other and in rounds, and compares them: the command, plain
 * Java, plain Java with an archive of its classes, and a peer. A round that is not counted comes
 * first, so that all find their files in memory.
 */
public final class Processes {
    private static final int REPEAT = 25;
    private static final int CLOCK_TICKS = 100;
    private static final double TARGET_RSS = 1.3;
    private static final double TARGET_FIRST = 2;
    private static final String PLAIN = "plain-java";
    private static final String PEER = "camel-djl";

    /** One run of one program. */
    private record Run(
            double firstMillis,
            double rssMegabytes,
            double cpuMillis,
            double p50Micros,
            double p99Micros,
            double accuracy) {}

    private final Map<String, List<String>> programs = new LinkedHashMap<>();
    private final Map<String, List<Run>> runs = new LinkedHashMap<>();
    private final Path folder;
    private final List<String> expected = new ArrayList<>();

    private Processes(Path folder) {
        this.folder = folder;
    }

    /**
     * Takes the number of rounds, the class path of plain Java, that of the peer, and options for
     * Java.
     */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        Path folder = Files.createTempDirectory("ganglion-bench");
        try {
            Processes processes = new Processes(folder);
            processes.prepare(
                    arguments[1], arguments[2], List.of(arguments).subList(3, arguments.length));
            processes.compare(rounds);
        } finally {
            Bench.delete(folder);
        }
    }

    private void prepare(String plainPath, String peerPath, List<String> options)
            throws IOException, InterruptedException {
        Path image = Bench.image();
        Path route = Bench.kitchenCommands();
        List<String> commands = Bench.commands(route);
        List<String> labels = Files.readAllLines(route.resolve("commands.txt.expected"));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < REPEAT; i++) {
            lines.addAll(commands);
            expected.addAll(labels);
        }
        Path input = folder.resolve("commands.txt");
        Files.write(input, lines);
        String models = image.resolve("models").toString();
        String home = route.resolve("home.yaml").toString();
        programs.put(
                "ganglion",
                List.of(
                        image.resolve("bin").resolve("ganglion").toString(),
                        "run",
                        route.toString(),
                        "--json",
                        "--set",
                        "input=" + input));
        List<String> plain = new ArrayList<>(options);
        plain.addAll(
                List.of(
                        "-Dganglion.natives=" + image.resolve("native"),
                        "-cp",
                        plainPath,
                        "dev.ganglion.it.bench.PlainMain",
                        models,
                        home,
                        input.toString()));
        programs.put(PLAIN, java(plain));
        Path archive = folder.resolve("plain.jsa");
        List<String> archiving = java(plain);
        archiving.add(1, "-XX:ArchiveClassesAtExit=" + archive);
        run("the archive of plain Java", archiving);
        List<String> archived = java(plain);
        archived.add(1, "-XX:SharedArchiveFile=" + archive);
        programs.put("plain-java+archive", archived);
        List<String> peer = new ArrayList<>(options);
        peer.addAll(
                List.of(
                        "-Dai.djl.offline=true",
                        "-cp",
                        peerPath,
                        "dev.ganglion.it.bench.peer.CamelDjl",
                        models,
                        home,
                        input.toString()));
        programs.put(PEER, java(peer));
    }

    private static List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        return command;
    }

    private void compare(int rounds) throws IOException, InterruptedException {
        String loadBefore = Bench.load();
        for (int round = 0; round <= rounds; round++) {
            System.err.println("round " + round + " of " + rounds + " ...");
            for (Map.Entry<String, List<String>> program : programs.entrySet()) {
                Run run = run(program.getKey(), program.getValue());
                if (round > 0) {
                    runs.computeIfAbsent(program.getKey(), any -> new ArrayList<>()).add(run);
                }
            }
        }
        System.out.println("load average before " + loadBefore + ", after " + Bench.load());
        System.out.println(
                rounds + " rounds of " + expected.size() + " commands; each figure min / median");
        table();
    }

    private Run run(String name, List<String> command) throws IOException, InterruptedException {
        File errors = folder.resolve("stderr").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors);
        Map<String, String> environment = builder.environment();
        environment.put("ORT_DISABLE_TELEMETRY", "1");
        environment.put("OPT_OUT_TRACKING", "true");
        environment.put("MALLOC_ARENA_MAX", "1");
        environment.put("MALLOC_TRIM_THRESHOLD_", "65536");
        environment.put("GANGLION_VAR", folder.resolve("var").toString());
        long cpuBefore = childrenTicks();
        long startNanos = System.nanoTime();
        long firstNanos = 0;
        Process process = builder.start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (firstNanos == 0 && line.contains("\"action\":{")) {
                    firstNanos = System.nanoTime();
                }
                lines.add(line);
            }
        }
        int status = process.waitFor();
        long cpuTicks = childrenTicks() - cpuBefore;
        if (status != 0 || firstNanos == 0 || lines.size() != expected.size() + 1) {
            throw new IOException(
                    name
                            + " ended with status "
                            + status
                            + " after "
                            + lines.size()
                            + " lines, "
                            + (expected.size() + 1)
                            + " expected; "
                            + String.join(" ", command)
                            + System.lineSeparator()
                            + Files.readAllLines(errors.toPath()).stream()
                                    .filter(line -> !line.startsWith("{"))
                                    .limit(20)
                                    .collect(Collectors.joining(System.lineSeparator())));
        }
        return measured(lines, (firstNanos - startNanos) / 1e6, 1000.0 * cpuTicks / CLOCK_TICKS);
    }

    private Run measured(List<String> lines, double firstMillis, double cpuMillis)
            throws IOException {
        int right = 0;
        for (int i = 0; i < expected.size(); i++) {
            Object intent = JSON.std.mapFrom(lines.get(i)).get("intent");
            right += expected.get(i).equals(intent) ? 1 : 0;
        }
        Map<String, Object> summary = JSON.std.mapFrom(lines.get(expected.size()));
        return new Run(
                firstMillis,
                number(summary.get("peakRssBytes")) / 1e6,
                cpuMillis,
                total(summary.get("microsP50")),
                total(summary.get("microsP99")),
                100.0 * right / expected.size());
    }

    private static double total(@Nullable Object micros) {
        return micros instanceof Map<?, ?> stages ? number(stages.get("total")) : Double.NaN;
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** Processor time of all child processes that have ended, as Linux knows it; 0 elsewhere. */
    private static long childrenTicks() throws IOException {
        Path file = Path.of("/proc/self/stat");
        if (!Files.isReadable(file)) {
            return 0;
        }
        String stat = Files.readString(file);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    }

    private void table() {
        System.out.printf(
                "%-20s %17s %15s %15s %13s %13s %8s%n",
                "", "first action ms", "peak RSS MB", "cpu ms", "p50 us", "p99 us", "right %");
        runs.forEach(
                (name, all) ->
                        System.out.printf(
                                Locale.ROOT,
                                "%-20s %17s %15s %15s %13s %13s %8.1f%n",
                                name,
                                pair(all, Run::firstMillis, "%.0f / %.0f"),
                                pair(all, Run::rssMegabytes, "%.1f / %.1f"),
                                pair(all, Run::cpuMillis, "%.0f / %.0f"),
                                pair(all, Run::p50Micros, "%.0f / %.0f"),
                                pair(all, Run::p99Micros, "%.0f / %.0f"),
                                all.get(0).accuracy()));
        System.out.printf("%nganglion against %-21s %11s %11s%n", "", "first", "RSS");
        for (String other : List.of(PLAIN, "plain-java+archive", PEER)) {
            System.out.printf(
                    Locale.ROOT,
                    "  %-37s %11s %11s%n",
                    other,
                    ratio(other, Run::firstMillis),
                    ratio(other, Run::rssMegabytes));
        }
        double rss = medianOf("ganglion", Run::rssMegabytes) / medianOf(PLAIN, Run::rssMegabytes);
        double first = medianOf("ganglion", Run::firstMillis) / medianOf(PLAIN, Run::firstMillis);
        System.out.printf(
                Locale.ROOT,
                "targets, by the medians: peak RSS <= %.1f x plain Java: %.2f, %s; first action <="
                        + " %.0f x plain Java: %.2f, %s%n",
                TARGET_RSS,
                rss,
                Overhead.verdict(rss <= TARGET_RSS),
                TARGET_FIRST,
                first,
                Overhead.verdict(first <= TARGET_FIRST));
    }

    private String ratio(String other, ToDoubleFunction<Run> figure) {
        return String.format(
                Locale.ROOT,
                "%.2f / %.2f",
                leastOf("ganglion", figure) / leastOf(other, figure),
                medianOf("ganglion", figure) / medianOf(other, figure));
    }

    private static String pair(List<Run> all, ToDoubleFunction<Run> figure, String format) {
        return String.format(
                Locale.ROOT,
                format,
                Overhead.least(values(all, figure)),
                Overhead.median(values(all, figure)));
    }

    private double medianOf(String name, ToDoubleFunction<Run> figure) {
        return Overhead.median(values(runs.getOrDefault(name, List.of()), figure));
    }

    private double leastOf(String name, ToDoubleFunction<Run> figure) {
        return Overhead.least(values(runs.getOrDefault(name, List.of()), figure));
    }

    private static List<Double> values(List<Run> all, ToDoubleFunction<Run> figure) {
        return all.stream().map(figure::applyAsDouble).toList();
    }
}
