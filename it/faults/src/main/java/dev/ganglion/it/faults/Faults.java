package dev.ganglion.it.faults;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Load with faults, and the same load without, on each subject. Needs the image and a folder that
 * it may replace.
 */
public final class Faults {
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(12);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final double SPREAD = 0.9;
    private static final int CALLS_PER_SECOND = 200;

    private final Path image;
    private final Path work;
    private final Plan plan;
    private final Map<Subject, Map<String, Object>> calls = new EnumMap<>(Subject.class);

    Faults(Path image, Path work, Plan plan) {
        this.image = image;
        this.work = work;
        this.plan = plan;
    }

    /** Takes {@code --long} and {@code --json}; ends with status 1 when a promise was broken. */
    public static void main(String[] arguments) {
        List<String> options = List.of(arguments);
        for (String option : options) {
            if (!List.of("--long", "--json").contains(option)) {
                System.err.println(
                        "faults: there is no option '" + option + "'; there are: --long, --json");
                System.exit(2);
            }
        }
        try {
            boolean kept = run(options.contains("--long"), options.contains("--json"));
            System.exit(kept ? 0 : 1);
        } catch (IOException e) {
            System.err.println("faults: " + e.getMessage());
            System.exit(1);
        }
    }

    /** {@return whether all was kept that does not depend on the machine} */
    private static boolean run(boolean isLong, boolean json) throws IOException {
        String loadBefore = load();
        Faults faults =
                new Faults(
                        folder("faults.image"),
                        folder("faults.work"),
                        isLong ? Plan.LONG : Plan.SHORT);
        List<Row> rows = faults.run();
        List<Target> targets = Target.of(rows, faults.callMicros());
        if (json) {
            System.out.println(json(rows, targets, loadBefore));
        } else {
            System.out.println("load average before " + loadBefore + ", after " + load());
            Table.print(System.out, rows, targets);
        }
        return targets.stream().allMatch(each -> each.met() || !each.binding());
    }

    private static Path folder(String property) {
        String folder = System.getProperty(property);
        if (folder == null) {
            throw new IllegalStateException(
                    "the system property " + property + " is not set; start with it/faults/run");
        }
        return Path.of(folder).toAbsolutePath().normalize();
    }

    private static String load() throws IOException {
        Path file = Path.of("/proc/loadavg");
        return Files.isReadable(file) ? Files.readString(file).split(" ")[0] : "unknown";
    }

    private static String json(List<Row> rows, List<Target> targets, String loadBefore)
            throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("loadAverageBefore", loadBefore);
        all.put("loadAverageAfter", load());
        all.put("runs", rows.stream().map(Row::json).toList());
        all.put("targets", targets.stream().map(Target::json).toList());
        return JSON.std.asString(all);
    }

    /** Runs everything; what was written stays in the folder until the next time. */
    List<Row> run() throws IOException {
        if (!Files.isExecutable(image.resolve("bin/ganglion"))) {
            throw new IOException("there is no image in " + image + "; build it with './ganglion'");
        }
        delete(work);
        List<Row> rows = new ArrayList<>();
        rows.addAll(of(Subject.ONNXRUNTIME, Fault.SWAP, Fault.RELOAD, Fault.UPDATE));
        rows.addAll(of(Subject.TOY, Fault.SWAP, Fault.RELOAD, Fault.UPDATE));
        rows.addAll(of(Subject.WORKER, Fault.KILL));
        return rows;
    }

    /** {@return the median time that the model took for 22 tokens, in microseconds} */
    Map<Subject, Double> callMicros() {
        Map<Subject, Double> micros = new EnumMap<>(Subject.class);
        calls.forEach(
                (subject, report) -> {
                    if (report.get("inferMicrosP50") instanceof Number number) {
                        micros.put(subject, number.doubleValue());
                    }
                });
        return micros;
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** All runs of one subject, in one process. */
    private List<Row> of(Subject subject, Fault... faults) throws IOException {
        Path folder = work.resolve(subject.name().toLowerCase(Locale.ROOT));
        Setup setup = Setup.make(image, folder, subject);
        List<Row> rows = new ArrayList<>();
        try (Gateway gateway = Gateway.start(setup)) {
            serveOldest(gateway);
            warmUp(gateway, faults);
            Row quiet = row(gateway, "quiet", null, null);
            rows.add(quiet);
            if (subject.usesOnnxRuntime()) {
                begin(
                        gateway,
                        "call",
                        Subject.longMessage(),
                        CALLS_PER_SECOND,
                        plan.warmUpSeconds());
                calls.put(subject, end(gateway, "call"));
            }
            for (Fault fault : faults) {
                rows.add(row(gateway, fault.name().toLowerCase(Locale.ROOT), fault, quiet));
            }
        }
        return rows;
    }

    /** The newest version serves first, the runs begin with the oldest. */
    private static void serveOldest(Gateway gateway) throws IOException {
        gateway.await(
                "the model's first version did not serve",
                () ->
                        gateway.servingSinceMillis() > 0
                                && Boolean.TRUE.equals(
                                        gateway.answer(Fault.swap(gateway, 0)).get("ok")));
    }

    /** A load, and each fault once: what is loaded and compiled at the first time is there then. */
    private void warmUp(Gateway gateway, Fault... faults) throws IOException {
        begin(gateway, "warm-up", plan.warmUpSeconds());
        for (Fault fault : faults) {
            fault.inject(gateway, plan.times(fault) + 1);
        }
        end(gateway, "warm-up");
        serveOldest(gateway);
    }

    private Row row(Gateway gateway, String run, @Nullable Fault fault, @Nullable Row quiet)
            throws IOException {
        System.err.println(
                gateway.setup().subject().label()
                        + ": "
                        + (fault == null ? "no faults" : plan.times(fault) + " " + fault.label())
                        + " ...");
        Figures before = atRest(gateway);
        begin(gateway, run, plan.seconds());
        int times = fault == null ? 0 : plan.times(fault);
        long startNanos = System.nanoTime();
        long eachNanos =
                (long) (TimeUnit.SECONDS.toNanos(plan.seconds()) * SPREAD / Math.max(1, times));
        long longestNanos = 0;
        for (int i = 1; fault != null && i <= times; i++) {
            long beginNanos = System.nanoTime();
            fault.inject(gateway, i);
            longestNanos = Math.max(longestNanos, System.nanoTime() - beginNanos);
            while (System.nanoTime() < startNanos + i * eachNanos) {
                LockSupport.parkNanos(startNanos + i * eachNanos - System.nanoTime());
            }
        }
        Map<String, Object> report = end(gateway, run);
        return new Row(
                gateway.setup().subject(),
                fault,
                times,
                longestNanos / 1e6,
                report,
                before,
                atRest(gateway, before),
                quiet);
    }

    private void begin(Gateway gateway, String run, int seconds) throws IOException {
        begin(gateway, run, gateway.setup().subject().message(), plan.perSecond(), seconds);
    }

    private static void begin(
            Gateway gateway, String run, String message, int perSecond, int seconds)
            throws IOException {
        int before = gateway.lines("load.camel.yaml is running");
        long answered = gateway.messages();
        gateway.setup().writeLoad(run, message, perSecond, perSecond * seconds);
        gateway.await(
                "the load did not begin",
                () ->
                        gateway.lines("load.camel.yaml is running") > before
                                && gateway.messages() > answered + 1);
    }

    private static Map<String, Object> end(Gateway gateway, String run) throws IOException {
        Path report = gateway.setup().report(run);
        if (Files.exists(report)) {
            throw new IOException(
                    "the load of "
                            + gateway.setup().subject().label()
                            + " ended before the faults of run "
                            + run
                            + " were done, although it lasts four times as long as planned; "
                            + gateway.tail());
        }
        Files.createFile(report.resolveSibling(report.getFileName() + ".stop"));
        gateway.await("the load did not end", () -> Files.exists(report));
        return JSON.std.mapFrom(Files.readString(report));
    }

    /** Processes and files that are being closed are gone when nothing has changed for a moment. */
    private static Figures atRest(Gateway gateway) throws IOException {
        long endNanos = System.nanoTime() + REST_NANOS;
        Figures then = gateway.figures();
        while (true) {
            LockSupport.parkNanos(2 * LOOK_NANOS);
            Figures now = gateway.figures();
            boolean changed =
                    now.processes() != then.processes() || now.handles() != then.handles();
            if (!changed || System.nanoTime() > endNanos) {
                return now;
            }
            then = now;
        }
    }

    /** Threads that wait for more work end after some seconds, memory is given back. */
    private static Figures atRest(Gateway gateway, Figures before) throws IOException {
        long endNanos = System.nanoTime() + REST_NANOS;
        Figures now = gateway.figures();
        while (!(now.fitsMemory(before) && now.fitsCounts(before))
                && System.nanoTime() < endNanos) {
            LockSupport.parkNanos(LOOK_NANOS);
            now = gateway.figures();
        }
        return now;
    }
}
