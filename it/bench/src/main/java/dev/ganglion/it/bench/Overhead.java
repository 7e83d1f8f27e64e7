package dev.ganglion.it.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link FrameworkOverhead} and {@link Tokenize} and prints tables. Each round runs everything
 * once, in a process of its own, so that a busy minute of the machine hits all alike; a figure is
 * the median over all iterations of all rounds.
 */
public final class Overhead {
    private static final String BYTES = "gc.alloc.rate.norm";
    private static final double TARGET_MICROS = 5;
    private static final double TARGET_BYTES = 1024;

    /** A benchmark with its parameter, and what its iterations measured. */
    private record Series(List<Double> micros, List<Double> bytes) {
        Series() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    private Overhead() {}

    /** Takes the number of rounds, then options for Java. */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        String[] java = Arrays.copyOfRange(arguments, 1, arguments.length);
        System.out.println("Java options: " + String.join(" ", java));
        System.out.println("load average before: " + Bench.load());
        Map<String, Series> all = new TreeMap<>();
        for (int round = 1; round <= rounds; round++) {
            System.err.println("round " + round + " of " + rounds + " ...");
            run(java, all);
        }
        System.out.println("load average after: " + Bench.load());
        for (String model : List.of(FreeEngine.FORMAT, "nlu-micro")) {
            messages(all, model);
        }
        tokens(all);
    }

    private static void run(String[] java, Map<String, Series> all) throws RunnerException {
        Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include(FrameworkOverhead.class.getName())
                                        .include(Tokenize.class.getName())
                                        .forks(1)
                                        .jvmArgs(java)
                                        .addProfiler(GCProfiler.class)
                                        .shouldFailOnError(true)
                                        .verbosity(VerboseMode.SILENT)
                                        .build())
                        .run();
        for (RunResult result : results) {
            String model = result.getParams().getParam("model");
            String name = result.getParams().getBenchmark();
            String key =
                    (model == null ? "" : model + " ") + name.substring(name.lastIndexOf('.') + 1);
            Series series = all.computeIfAbsent(key, any -> new Series());
            for (BenchmarkResult fork : result.getBenchmarkResults()) {
                for (IterationResult iteration : fork.getIterationResults()) {
                    series.micros.add(iteration.getPrimaryResult().getScore());
                    Result<?> bytes = iteration.getSecondaryResults().get(BYTES);
                    series.bytes.add(bytes == null ? Double.NaN : bytes.getScore());
                }
            }
        }
    }

    private static void messages(Map<String, Series> all, String model) {
        Series plain = all.getOrDefault(model + " plain", new Series());
        System.out.printf(
                "%n%-32s %17s %7s %22s %7s%n",
                model + ", per message", "us med / min", "B", "overhead us med / min", "B");
        for (String each : List.of("plain", "plainWithActionRules", "route", "routeObserved")) {
            Series series = all.getOrDefault(model + " " + each, new Series());
            System.out.printf(
                    Locale.ROOT,
                    "  %-30s %8.2f / %6.2f %7.0f %13.2f / %6.2f %7.0f%n",
                    each,
                    median(series.micros),
                    least(series.micros),
                    median(series.bytes),
                    median(series.micros) - median(plain.micros),
                    least(series.micros) - least(plain.micros),
                    median(series.bytes) - median(plain.bytes));
        }
        Series route = all.getOrDefault(model + " route", new Series());
        double micros = median(route.micros) - median(plain.micros);
        double bytes = median(route.bytes) - median(plain.bytes);
        // Beside a model that computes for hundreds of microseconds a few are lost in the noise.
        String time =
                model.equals(FreeEngine.FORMAT)
                        ? String.format(
                                Locale.ROOT,
                                "overhead <= %.0f us: %.2f, %s; ",
                                TARGET_MICROS,
                                micros,
                                verdict(micros <= TARGET_MICROS))
                        : "";
        System.out.printf(
                Locale.ROOT,
                "  ratio %.2f; targets: %s<= %.0f B: %.0f, %s%n",
                median(route.micros) / median(plain.micros),
                time,
                TARGET_BYTES,
                bytes,
                verdict(bytes <= TARGET_BYTES));
    }

    private static void tokens(Map<String, Series> all) {
        Series ours = all.getOrDefault("wordpiece", new Series());
        System.out.printf(
                Locale.ROOT,
                "%ntokenizer, per command %20s %9s %9s%n",
                "us (med)",
                "us (min)",
                "B");
        for (String each : List.of("wordpiece", "huggingFace")) {
            Series series = all.getOrDefault(each, new Series());
            System.out.printf(
                    Locale.ROOT,
                    "  %-30s %9.2f %9.2f %9.1f%n",
                    each,
                    median(series.micros),
                    least(series.micros),
                    median(series.bytes));
        }
        System.out.printf(
                Locale.ROOT,
                "  targets: wordpiece <= 1 us: %.2f, %s; 0 B: %.1f, %s%n",
                median(ours.micros),
                verdict(median(ours.micros) <= 1),
                median(ours.bytes),
                verdict(median(ours.bytes) < 1));
    }

    static String verdict(boolean met) {
        return met ? "met" : "MISSED";
    }

    static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    static double least(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }
}
